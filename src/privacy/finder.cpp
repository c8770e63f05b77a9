#include "characters.hpp"
#include "kernels/pii_masks.hpp"
#include "kinds.hpp"
#include "quern/privacy/pii.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace quern {

namespace {

constexpr std::size_t kBlock = 64;

/// Bits that were n places before, those of the block before included.
constexpr std::uint64_t shifted(std::uint64_t now, std::uint64_t before, int n) { return now << n | before >> (64 - n); }

/// Lengths of runs of one class, followed from block to block: bit i says that the n bytes up to and with i are of it.
class Run {
 public:
  /// `lengths`: doublings, so that n = 2^lengths.
  template <int lengths>
  std::uint64_t next(std::uint64_t mask) noexcept {
    for (int i = 0; i < lengths; ++i) {
      const std::uint64_t longer = mask & shifted(mask, before_[i], 1 << i);
      before_[i] = mask;
      mask = longer;
    }
    return mask;
  }

 private:
  std::uint64_t before_[4] = {};
};

/// One text on its way through the scan.
class Scan {
 public:
  Scan(std::string_view text, std::uint32_t kinds, std::vector<PiiMatch>& matches) : text_(text), kinds_(kinds), matches_(matches) {}

  void run(FindPiiMasks find) {
    PiiMasks masks;
    std::size_t at = 0;
    for (; at + kBlock <= text_.size(); at += kBlock) {
      find(text_.data() + at, masks);
      look(masks, at);
    }
    if (at == text_.size()) return;
    std::array<char, kBlock> tail{};
    std::memcpy(tail.data(), text_.data() + at, text_.size() - at);
    find(tail.data(), masks);
    look(masks, at);
  }

 private:
  bool wants(PiiKind kind) const { return (kinds_ & pii_bit(kind)) != 0; }
  void add(const Found& found) {
    if (found) matches_.push_back(*found);
  }
  template <class Take>
  static void each(std::uint64_t bits, std::size_t at, Take take) {
    for (; bits != 0; bits &= bits - 1) take(at + static_cast<std::size_t>(std::countr_zero(bits)));
  }

  void look(const PiiMasks& now, std::size_t at) {
    const std::uint64_t number = now.digit & ~shifted(now.digit, before_.digit, 1);
    const std::uint64_t long_token = token_.next<4>(now.token);
    const std::uint64_t token = long_token & ~shifted(long_token, long_token_before_, 1);
    std::uint64_t colon = 0;
    for (int n = 1; n <= 5; ++n) colon |= shifted(now.colon, before_.colon, n);
    colon &= now.colon;
    const std::uint64_t five_dashes = dash_.next<2>(now.dash) & shifted(now.dash, before_.dash, 4);
    const std::uint64_t key = shifted(five_dashes, five_dashes_before_, 1) & ~now.dash;
    before_ = now;
    long_token_before_ = long_token;
    five_dashes_before_ = five_dashes;
    if ((number | token | colon | key | now.at) == 0) return;
    if (wants(PiiKind::email)) each(now.at, at, [&](std::size_t i) { add(email_at(text_, i)); });
    if (wants(PiiKind::ipv6)) each(colon, at, [&](std::size_t i) { add(ipv6_at(text_, i, ipv6_looked_)); });
    if (wants(PiiKind::secret)) {
      each(token, at, [&](std::size_t i) { add(secret_at(text_, i - 15)); });
      each(key, at, [&](std::size_t i) { add(private_key_at(text_, i)); });
    }
    each(number, at, [&](std::size_t i) { look_at_number(i); });
  }

  void look_at_number(std::size_t at) {
    const char before = byte_before(text_, at);
    if (is_letter_ascii(before)) {
      if (is_upper(before)) {
        if (wants(PiiKind::iban)) add(iban_at(text_, at));
        if (wants(PiiKind::coordinates) && !is_alnum(byte_before(text_, at - 1))) add(coordinates_at(text_, at));
      }
      return;
    }
    if (before == '_') return;
    const std::size_t end = end_of_digits(text_, at, 4);
    const char next = byte_at(text_, end);
    if (end - at <= 3 && (next == '.' || next == ' ' || is_high(next))) {
      if (next == '.' && wants(PiiKind::ipv4)) add(ipv4_at(text_, at));
      if (wants(PiiKind::coordinates)) add(coordinates_at(text_, at));
    }
    if (is_alnum(next) && end - at < 4) return;  // 3rd
    look_at_groups(at);
  }

  void look_at_groups(std::size_t at) {
    constexpr std::size_t kLeastDigits = 7;
    const Number number = number_at(text_, at);
    if (number.digits < kLeastDigits) return;
    if (wants(PiiKind::card) && number.digits >= 13) add(card_of(text_, number));
    if (wants(PiiKind::ssn) && number.digits >= 9) add(ssn_of(text_, number));
    if (wants(PiiKind::phone)) add(phone_of(text_, number));
  }

  std::string_view text_;
  std::uint32_t kinds_;
  std::vector<PiiMatch>& matches_;
  PiiMasks before_;
  Run token_, dash_;
  std::uint64_t long_token_before_ = 0, five_dashes_before_ = 0;
  std::size_t ipv6_looked_ = 0;
};

/// Smaller is stronger, where two matches are the same range.
constexpr std::array<std::uint8_t, kPiiKinds> kPriority = {4, 8, 5, 6, 1, 2, 3, 0, 7};

void drop_overlaps(std::vector<PiiMatch>& matches) {
  if (matches.size() < 2) return;
  const auto before = [](const PiiMatch& a, const PiiMatch& b) {
    if (a.begin != b.begin) return a.begin < b.begin;
    if (a.end != b.end) return a.end > b.end;
    return kPriority[static_cast<std::size_t>(a.kind)] < kPriority[static_cast<std::size_t>(b.kind)];
  };
  if (!std::ranges::is_sorted(matches, before)) std::ranges::sort(matches, before);
  std::size_t to = 0, end = 0;
  for (const PiiMatch& match : matches) {
    if (match.begin < end) continue;
    end = match.end;
    matches[to++] = match;
  }
  matches.resize(to);
}

}  // namespace

void PiiFinder::find(std::string_view text, std::vector<PiiMatch>& matches) const {
  Scan(text, kinds_, matches).run(find_pii_masks(kernel_));
  drop_overlaps(matches);
}

}  // namespace quern
