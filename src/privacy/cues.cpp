#include "cues.hpp"

#include "characters.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace quern {

namespace {

struct CueWord {
  std::string_view word;
  Cue cue;
};

// Lower case as far as it is ASCII; other letters as they are written. In the order of their bytes.
constexpr auto kWords = std::to_array<CueWord>({
    {"account", Cue::other}, {"accounts", Cue::other}, {"acct", Cue::other}, {"address", Cue::ip}, {"addresses", Cue::ip},
    {"amex", Cue::card}, {"anruf", Cue::phone}, {"artikel", Cue::other}, {"artikelnummer", Cue::other}, {"asin", Cue::other},
    {"auftrag", Cue::other}, {"bel", Cue::phone}, {"bestellnummer", Cue::other}, {"bestellung", Cue::other}, {"bug", Cue::other},
    {"build", Cue::other}, {"call", Cue::phone}, {"card", Cue::card}, {"case", Cue::other}, {"cc", Cue::card},
    {"cellphone", Cue::phone}, {"cellulare", Cue::phone}, {"celular", Cue::phone}, {"commande", Cue::other},
    {"commit", Cue::other}, {"coordinates", Cue::coordinates}, {"coords", Cue::coordinates}, {"dial", Cue::phone}, {"discover", Cue::card},
    {"doi", Cue::other}, {"ean", Cue::other}, {"epoch", Cue::other}, {"facture", Cue::other}, {"factura", Cue::other},
    {"fax", Cue::phone}, {"fig", Cue::other}, {"firmware", Cue::other}, {"geo", Cue::coordinates}, {"gps", Cue::coordinates},
    {"gtin", Cue::other}, {"handy", Cue::phone}, {"hotline", Cue::phone}, {"id", Cue::other},
    {"ids", Cue::other}, {"invoice", Cue::other}, {"ip", Cue::ip}, {"ips", Cue::ip}, {"ipv4", Cue::ip},
    {"isbn", Cue::other}, {"issn", Cue::other}, {"issue", Cue::other}, {"kartennummer", Cue::card}, {"kreditkarte", Cue::card},
    {"lat", Cue::coordinates}, {"latitude", Cue::coordinates}, {"latlng", Cue::coordinates}, {"lng", Cue::coordinates}, {"location", Cue::coordinates},
    {"lon", Cue::coordinates}, {"longitude", Cue::coordinates}, {"mastercard", Cue::card}, {"mob", Cue::phone}, {"mobiel", Cue::phone},
    {"mobil", Cue::phone}, {"mobile", Cue::phone}, {"model", Cue::other}, {"movil", Cue::phone}, {"no", Cue::other},
    {"nr", Cue::other}, {"order", Cue::other}, {"orders", Cue::other}, {"page", Cue::other}, {"pages", Cue::other},
    {"part", Cue::other}, {"patent", Cue::other}, {"pedido", Cue::other}, {"phone", Cue::phone}, {"phones", Cue::phone},
    {"ping", Cue::ip}, {"portable", Cue::phone}, {"position", Cue::coordinates}, {"pp", Cue::other}, {"pr", Cue::other},
    {"puh", Cue::phone}, {"puhelin", Cue::phone}, {"rechnung", Cue::other}, {"ref", Cue::other}, {"reference", Cue::other},
    {"release", Cue::other}, {"rev", Cue::other}, {"revision", Cue::other}, {"rfc", Cue::other}, {"ring", Cue::phone}, {"rufnummer", Cue::phone},
    {"section", Cue::other}, {"serial", Cue::other}, {"sku", Cue::other}, {"sms", Cue::phone},
    {"ssn", Cue::ssn}, {"table", Cue::other}, {"tel", Cue::phone}, {"telefon", Cue::phone}, {"telefone", Cue::phone},
    {"telefonnummer", Cue::phone}, {"telefono", Cue::phone}, {"telefoon", Cue::phone}, {"telefonu", Cue::phone}, {"telephone", Cue::phone},
    {"ticket", Cue::other}, {"timestamp", Cue::other}, {"tlf", Cue::phone}, {"tracking", Cue::other}, {"upc", Cue::other}, {"update", Cue::other}, {"updated", Cue::other}, {"upgrade", Cue::other}, {"upgraded", Cue::other},
    {"v", Cue::other}, {"ver", Cue::other}, {"version", Cue::other}, {"versions", Cue::other}, {"visa", Cue::card},
    {"whatsapp", Cue::phone}, {"zip", Cue::other},
    {"móvil", Cue::phone}, {"teléfono", Cue::phone}, {"telèfon", Cue::phone}, {"tél", Cue::phone}, {"téléphone", Cue::phone},
    {"τηλ", Cue::phone}, {"τηλέφωνο", Cue::phone}, {"версия", Cue::other}, {"заказ", Cue::other}, {"заказа", Cue::other},
    {"моб", Cue::phone}, {"тел", Cue::phone}, {"телефон", Cue::phone}, {"телефону", Cue::phone}, {"Тел", Cue::phone},
    {"Телефон", Cue::phone}, {"Моб", Cue::phone}, {"звоните", Cue::phone}, {"Звоните", Cue::phone}, {"هاتف", Cue::phone}, {"جوال", Cue::phone}, {"फोन", Cue::phone},
});

constexpr auto sorted_words() {
  auto words = kWords;
  std::ranges::sort(words, {}, &CueWord::word);
  return words;
}
constexpr auto kSorted = sorted_words();

// Of scripts without spaces: how a run of letters may end.
constexpr auto kEndings = std::to_array<CueWord>({
    {"电话", Cue::phone}, {"電話", Cue::phone}, {"手机", Cue::phone}, {"手機", Cue::phone}, {"手机号", Cue::phone}, {"热线", Cue::phone},
    {"传真", Cue::phone}, {"電話番号", Cue::phone}, {"携帯", Cue::phone}, {"전화", Cue::phone}, {"휴대폰", Cue::phone}, {"전화번호", Cue::phone},
    {"连络电话", Cue::phone}, {"致电", Cue::phone}, {"订单号", Cue::other}, {"订单", Cue::other}, {"注文番号", Cue::other}, {"版本", Cue::other},
    {"โทร", Cue::phone}, {"โทรศัพท์", Cue::phone},
});
constexpr auto kSigns = std::to_array<CueWord>({{"☎", Cue::phone}, {"☏", Cue::phone}, {"✆", Cue::phone}, {"📞", Cue::phone}, {"📱", Cue::phone}, {"📠", Cue::phone}});

Cue cue_of(std::string_view word) noexcept {
  const auto found = std::ranges::lower_bound(kSorted, word, {}, &CueWord::word);
  if (found != kSorted.end() && found->word == word) return found->cue;
  if (!is_high(word.back())) {  // behind another script: 请拨打Tel
    std::size_t begin = word.size();
    while (begin > 0 && !is_high(word[begin - 1])) --begin;
    return begin > 0 ? cue_of(word.substr(begin)) : Cue::none;
  }
  for (const auto& list : {std::span<const CueWord>(kEndings), std::span<const CueWord>(kSigns)}) {
    for (const CueWord& ending : list) {
      if (word.ends_with(ending.word)) return ending.cue;
    }
  }
  return Cue::none;
}

/// The first two bytes of CJK and full-width punctuation.
constexpr bool is_wide_mark(char first, char second) noexcept {
  return (first == '\xE3' && second == '\x80') || (first == '\xEF' && (second == '\xBC' || second == '\xBD'));
}

constexpr bool is_cue_letter(char c) noexcept { return is_letter_ascii(c) || is_high(c); }

}  // namespace

Cue cue_before(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kWindow = 48;
  constexpr int kMostWords = 6;
  const std::size_t from = at > kWindow ? at - kWindow : 0;
  std::array<char, kWindow> window;
  std::size_t n = 0;  // from the right
  while (at - n > from && text[at - n - 1] != '\n') ++n;
  for (std::size_t i = 0; i < n; ++i) window[i] = lower(text[at - n + i]);
  for (std::size_t i = 0; i + 2 < n; ++i) {
    if (is_wide_mark(window[i], window[i + 1])) std::fill_n(window.begin() + static_cast<std::ptrdiff_t>(i), 3, ' ');
  }
  const std::string_view seen(window.data(), n);
  std::size_t end = n;
  for (int words = 0; words < kMostWords; ++words) {
    while (end > 0 && !is_cue_letter(seen[end - 1])) --end;
    std::size_t begin = end;
    while (begin > 0 && is_cue_letter(seen[begin - 1])) --begin;
    if (begin == end) return Cue::none;
    if (begin == 0 && at - n > 0 && is_alnum(text[at - n - 1])) return Cue::none;  // the window cuts it
    const Cue cue = cue_of(seen.substr(begin, end - begin));
    if (cue != Cue::none && (cue != Cue::other || words < 2)) return cue;
    end = begin;
  }
  return Cue::none;
}

}  // namespace quern
