#include "quern/format/tsv.hpp"

#include "format/json_copy.hpp"
#include "quern/format/field_path.hpp"
#include "quern/text/utf8.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>

namespace quern {

namespace {

constexpr char character_of(char letter) noexcept {
  switch (letter) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return letter;
  }
}

void unescape(std::string_view cell, std::string& to) {
  to.clear();
  for (std::size_t at = 0; at < cell.size();) {
    const std::size_t backslash = std::min(cell.find('\\', at), cell.size());
    to += cell.substr(at, backslash - at);
    at = backslash + 2;
    if (backslash + 1 < cell.size()) {
      to += character_of(cell[backslash + 1]);
    } else if (backslash < cell.size()) {
      to += '\\';  // nothing stands behind it: it stands for itself
    }
  }
}

}  // namespace

TsvLineParser::TsvLineParser(const InputSpec& entry, InvalidUtf8 policy) : entry_(entry), policy_(policy), names_(entry.columns) { find_columns(); }

void TsvLineParser::header(std::string_view line) {
  std::string valid(line);
  repair_utf8(valid);
  split(valid);
  names_.clear();
  for (const std::string_view cell : cells_) {
    std::string& name = names_.emplace_back(cell);
    if (entry_.escapes) unescape(cell, name);
  }
  no_header_.clear();
  find_columns();
}

void TsvLineParser::no_header(std::string why) {
  names_.clear();
  no_header_ = std::move(why);
}

void TsvLineParser::find_columns() {
  columns_ = {column_of(entry_.text_field), column_of(entry_.id_field), column_of(entry_.source_field), column_of(entry_.url_field),
              column_of(entry_.date_field)};
  items_.clear();
  for (const std::string& field : entry_.metadata) {
    const auto column = column_of(field);
    if (!column) continue;
    items_.push_back({*column, {}});
    append_json_string(items_.back().key, field);
  }
}

std::optional<std::size_t> TsvLineParser::column_of(const std::string& field) const {
  if (field.empty()) return std::nullopt;
  const auto found = std::ranges::find(names_, field);
  if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
  const auto number = index_of_name(field);
  return number && (names_.empty() || *number < names_.size()) ? number : std::nullopt;
}

void TsvLineParser::split(std::string_view line) {
  cells_.clear();
  for (std::size_t at = 0;;) {
    const std::size_t tab = line.find('\t', at);
    cells_.push_back(line.substr(at, tab - at));
    if (tab == std::string_view::npos) return;
    at = tab + 1;
  }
}

LineFields TsvLineParser::parse(std::string_view line) {
  if (simdjson::validate_utf8(line)) return read(line);
  const std::size_t invalid = first_invalid_utf8(line);
  repaired_.assign(line);
  repair_utf8(repaired_);
  LineFields fields = read(repaired_);
  if (policy_ == InvalidUtf8::quarantine) {
    fields.bad = Reason::utf8;
    fields.text = {};
    fields.message = fmt::format("byte {}: invalid UTF-8", invalid);
  }
  return fields;
}

std::string TsvLineParser::wrong_columns() const {
  if (!no_header_.empty()) return no_header_;
  if (!names_.empty() && cells_.size() != names_.size()) return fmt::format("{} columns, and names for {}", cells_.size(), names_.size());
  const auto& text = columns_[0];
  if (!text) return fmt::format("no column '{}'", entry_.text_field);
  if (*text >= cells_.size()) return fmt::format("{} columns, the text would be in number {}, counted from 0", cells_.size(), *text);
  return is_null(cells_[*text]) ? fmt::format("column '{}' is \\N, which is no text", entry_.text_field) : std::string();
}

LineFields TsvLineParser::read(std::string_view line) {
  split(line);
  LineFields fields;
  fields.message = wrong_columns();
  if (!fields.message.empty()) {
    fields.bad = Reason::field;
    return fields;
  }
  fields.text = value(columns_[0], unescaped_[0]);
  fields.own_id = value(columns_[1], unescaped_[1]);
  fields.source = value(columns_[2], unescaped_[2]);
  fields.url = value(columns_[3], unescaped_[3]);
  fields.date = value(columns_[4], unescaped_[4]);
  fields.metadata = write_metadata();
  return fields;
}

std::string_view TsvLineParser::value(std::optional<std::size_t> column, std::string& room) const {
  if (!column || *column >= cells_.size()) return {};
  const std::string_view cell = cells_[*column];
  if (!entry_.escapes || cell.find('\\') == std::string_view::npos) return cell;
  if (is_null(cell)) return {};
  unescape(cell, room);
  return room;
}

std::string_view TsvLineParser::write_metadata() {
  metadata_.clear();
  const auto open_or_part = [&] { metadata_ += metadata_.empty() ? '{' : ','; };
  if (entry_.all_metadata) {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (std::ranges::find(columns_, std::optional(i)) != columns_.end()) continue;
      open_or_part();
      append_json_string(metadata_, i < names_.size() ? names_[i] : std::to_string(i));
      write_item(i);
    }
  } else {
    for (const Item& item : items_) {
      if (item.column >= cells_.size()) continue;
      open_or_part();
      metadata_ += item.key;
      write_item(item.column);
    }
  }
  if (!metadata_.empty()) metadata_ += '}';
  return metadata_;
}

void TsvLineParser::write_item(std::size_t column) {
  metadata_ += ':';
  if (is_null(cells_[column])) {
    metadata_ += "null";
  } else {
    append_json_string(metadata_, value(column, item_));
  }
}

}  // namespace quern
