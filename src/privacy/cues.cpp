#include "cues.hpp"

#include "characters.hpp"

#include <algorithm>
#include <array>

namespace quern {

namespace {

struct CueWord {
  std::string_view word;
  Cue cue = Cue::none;
};

// Lower case as far as it is ASCII; other letters as they are written.
struct Words {
  Cue cue;
  std::string_view words;
};

constexpr auto kWords = std::to_array<Words>({
    {Cue::phone,
     "anruf bel call cellphone cellulare celular dial fax handy hotline mob mobiel mobil mobile movil phone phones portable "
     "puh puhelin ring rufnummer sms tel telefon telefone telefonnummer telefono telefonu telefoon telephone tlf whatsapp "
     "móvil telèfon teléfono tél téléphone τηλ τηλέφωνο Звоните Моб Тел Телефон звоните моб тел телефон телефону جوال هاتف "
     "फोन"},
    {Cue::ip,
     "address addresses ip ips ipv4 ping"},
    {Cue::card,
     "amex card cc discover kartennummer kreditkarte mastercard visa"},
    {Cue::ssn,
     "ssn"},
    {Cue::coordinates,
     "coordinates coords geo gps lat latitude latlng lng location lon longitude position"},
    {Cue::other,
     "account accounts acct artikel artikelnummer asin auftrag bestellnummer bestellung bug build case commande commit doi "
     "ean epoch factura facture fig firmware gtin id ids invoice isbn issn issue model no nr order orders page pages part "
     "patent pedido pp pr rechnung ref reference release rev revision rfc section serial sku table ticket timestamp "
     "tracking upc update updated upgrade upgraded v ver version versions zip версия заказ заказа"},
});

constexpr std::size_t count_words() {
  std::size_t count = 0;
  for (const Words& list : kWords) count += static_cast<std::size_t>(std::ranges::count(list.words, ' ')) + 1;
  return count;
}

constexpr auto sorted_words() {
  std::array<CueWord, count_words()> sorted;
  std::size_t n = 0;
  for (const auto& [cue, words] : kWords) {
    for (std::size_t at = 0; at <= words.size();) {
      const std::size_t end = std::min(words.find(' ', at), words.size());
      sorted[n++] = {words.substr(at, end - at), cue};
      at = end + 1;
    }
  }
  std::ranges::sort(sorted, {}, &CueWord::word);
  return sorted;
}
constexpr auto kSorted = sorted_words();

// Of scripts without spaces, and signs: how a run of letters may end.
constexpr auto kEndings = std::to_array<CueWord>({
    {"电话", Cue::phone}, {"電話", Cue::phone}, {"手机", Cue::phone}, {"手機", Cue::phone}, {"手机号", Cue::phone}, {"热线", Cue::phone},
    {"传真", Cue::phone}, {"電話番号", Cue::phone}, {"携帯", Cue::phone}, {"전화", Cue::phone}, {"휴대폰", Cue::phone}, {"전화번호", Cue::phone},
    {"联系电话", Cue::phone}, {"致电", Cue::phone}, {"订单号", Cue::other}, {"订单", Cue::other}, {"注文番号", Cue::other}, {"版本", Cue::other},
    {"โทร", Cue::phone}, {"โทรศัพท์", Cue::phone}, {"☎", Cue::phone}, {"☏", Cue::phone}, {"✆", Cue::phone}, {"📞", Cue::phone},
    {"📱", Cue::phone}, {"📠", Cue::phone},
});

Cue cue_of(std::string_view word) noexcept {
  const auto found = std::ranges::lower_bound(kSorted, word, {}, &CueWord::word);
  if (found != kSorted.end() && found->word == word) return found->cue;
  if (!is_high(word.back())) {  // behind another script: 请拨打Tel
    std::size_t begin = word.size();
    while (begin > 0 && !is_high(word[begin - 1])) --begin;
    return begin > 0 ? cue_of(word.substr(begin)) : Cue::none;
  }
  const auto ending = std::ranges::find_if(kEndings, [&](const CueWord& known) { return word.ends_with(known.word); });
  return ending == kEndings.end() ? Cue::none : ending->cue;
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
