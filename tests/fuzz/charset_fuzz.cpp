#include "fuzz/fuzz.hpp"
#include "quern/format/http.hpp"
#include "quern/store/content.hpp"
#include "quern/text/charset.hpp"
#include "quern/text/utf8.hpp"

#include <string>

namespace fuzz = quern::fuzz;

namespace {

void check_page(std::string_view page, std::string_view label) {
  std::string text;
  for (const std::string_view charset : {quern::charset_of_html(page, label), quern::charset_of_text(page, label)}) {
    fuzz::must(!charset.empty());
    quern::to_utf8(page, charset, text);
    fuzz::must(quern::is_valid_utf8(text));
    fuzz::must(text.size() <= 3 * page.size() + 3);
  }
}

void check_body(std::string_view body) {
  constexpr std::size_t kMost = 1u << 20;
  std::string out, why;
  for (const bool may_be_cut : {false, true}) {
    const std::string broken = quern::decode_chunks(body, may_be_cut, out);
    fuzz::must(out.size() <= body.size());
  }
  for (const auto form : {quern::ContentForm::gzip, quern::ContentForm::deflate, quern::ContentForm::zstd}) {
    why.clear();
    const quern::Unfolded how = quern::unfold_content(form, body, kMost, out, why);
    fuzz::must(out.size() <= kMost);
    fuzz::must((how == quern::Unfolded::whole) == why.empty());
  }
}

}  // namespace

/// A label or an HTTP head, a zero byte, and a body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::as_text(data, size);
  const std::string_view head = bytes.substr(0, bytes.find('\0'));
  const std::string_view body = bytes.substr(std::min(head.size() + 1, bytes.size()));
  quern::HttpHead parsed;
  const std::string why = quern::parse_http_head(head, parsed);
  fuzz::must(why.empty() == (parsed.status != 0));
  check_page(body, why.empty() ? std::string_view(parsed.charset) : head);
  check_body(body);
  return 0;
}
