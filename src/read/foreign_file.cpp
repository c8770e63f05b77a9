#include "read/foreign_file.hpp"

#include <array>
#include <cstddef>

namespace quern {

namespace {

struct Mark {
  std::size_t offset;
  std::string_view bytes;
  std::string_view remedy;
};

using namespace std::string_view_literals;

constexpr std::array kMarks = {
    Mark{0, "PAR1"sv, "; the file looks like Parquet: convert it to JSON lines"},
    Mark{0, "ARROW1"sv, "; the file looks like Arrow: convert it to JSON lines"},
    Mark{0, "PK\x03\x04"sv, "; the file looks like a zip archive: unpack it first"},
    Mark{257, "ustar"sv, "; the file looks like a tar archive: unpack it first"},
    Mark{0, "\xFD"
            "7zXZ"sv,
         "; the file is compressed with xz: gzip and zstd are read"},
    Mark{0, "BZh"sv, "; the file is compressed with bzip2: gzip and zstd are read"},
    Mark{0, "\x04\x22\x4D\x18"sv, "; the file is compressed with lz4: gzip and zstd are read"},
    Mark{0, "\x89HDF"sv, "; the file looks like HDF5: a data set of quern is read with format: dataset"},
    Mark{0, "%PDF"sv, "; the file looks like PDF: extract its text first"},
    Mark{0, "\xFF\xFE"sv, "; the file looks like UTF-16: convert it to UTF-8"},
    Mark{0, "\xFE\xFF"sv, "; the file looks like UTF-16: convert it to UTF-8"},
    Mark{0, "WARC/"sv, "; the file looks like a web archive: format: warc"},
    Mark{0, "<"sv, "; the file looks like HTML or XML: format: html for pages"},
    Mark{0, "["sv, "; a line is one object here: `jq -c '.[]'` makes lines of a JSON array"},
};

}  // namespace

std::string_view foreign_file(std::string_view first_bytes) noexcept {
  for (const Mark& mark : kMarks) {
    if (first_bytes.size() >= mark.offset && first_bytes.substr(mark.offset).starts_with(mark.bytes)) return mark.remedy;
  }
  return {};
}

}  // namespace quern
