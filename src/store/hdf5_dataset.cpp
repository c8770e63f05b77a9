#include "quern/base/error.hpp"
#include "store/hdf5_calls.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace quern {

using hdf5::check;
using hdf5::checked;

namespace {

constexpr std::uint64_t kPieceBytes = 256u << 20;
constexpr std::uint64_t kTextsBytes = 1u << 30;  // more is not a table of names: a damaged or hostile file

std::vector<std::uint64_t> shape_of(hid_t dataset, const std::string& path) {
  const Hdf5Handle space = checked(H5Dget_space(dataset), Hdf5Handle::Kind::dataspace, "H5Dget_space", path);
  const int rank = H5Sget_simple_extent_ndims(space.id());
  if (rank < 0) hdf5::fail_call("H5Sget_simple_extent_ndims", path);
  std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
  if (rank > 0 && H5Sget_simple_extent_dims(space.id(), dims.data(), nullptr) < 0) hdf5::fail_call("H5Sget_simple_extent_dims", path);
  return {dims.begin(), dims.end()};
}

/// The rows [first, first + count) of a dataset's space; everything for a scalar.
Hdf5Handle select_rows(const std::vector<std::uint64_t>& shape, std::uint64_t first, std::uint64_t count, const std::string& path) {
  Hdf5Handle space = hdf5::make_space(shape, path);
  if (shape.empty()) return space;
  std::vector<hsize_t> start(shape.size(), 0), counts(shape.begin(), shape.end());
  start[0] = first;
  counts[0] = count;
  check(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, counts.data(), nullptr), "H5Sselect_hyperslab", path);
  return space;
}

/// What H5Pget_virtual_filename and its like say.
template <class Get>
std::string name_at(Get get, const char* call, const Hdf5Handle& properties, std::size_t i, const std::string& path) {
  const ssize_t bytes = get(properties.id(), i, nullptr, 0);
  if (bytes < 0) hdf5::fail_call(call, path);
  std::string name(static_cast<std::size_t>(bytes) + 1, '\0');
  if (get(properties.id(), i, name.data(), name.size()) != bytes) hdf5::fail_call(call, path);
  name.pop_back();
  return name;
}

Hdf5Source source_at(const Hdf5Handle& properties, std::size_t i, const std::string& path) {
  Hdf5Source source;
  source.file = name_at(H5Pget_virtual_filename, "H5Pget_virtual_filename", properties, i, path);
  source.dataset = name_at(H5Pget_virtual_dsetname, "H5Pget_virtual_dsetname", properties, i, path);
  const Hdf5Handle space = checked(H5Pget_virtual_vspace(properties.id(), i), Hdf5Handle::Kind::dataspace, "H5Pget_virtual_vspace", path);
  if (H5Sget_simple_extent_ndims(space.id()) != 1) fail(ErrorKind::store, "{}: virtual, and not of one dimension", path);
  hsize_t first = 0, last = 0;
  check(H5Sget_select_bounds(space.id(), &first, &last), "H5Sget_select_bounds", path);
  source.first = first;
  source.rows = last - first + 1;
  return source;
}

}  // namespace

Hdf5Dataset::Hdf5Dataset(Hdf5Handle handle, std::string path) : handle_(std::move(handle)), path_(std::move(path)) {
  const Hdf5Handle type = checked(H5Dget_type(handle_.id()), Hdf5Handle::Kind::datatype, "H5Dget_type", path_);
  type_ = hdf5::describe(type.id());
  shape_ = shape_of(handle_.id(), path_);
}

std::uint64_t Hdf5Dataset::elements_per_row() const {
  if (shape_.empty()) return 1;
  return std::accumulate(shape_.begin() + 1, shape_.end(), std::uint64_t{1}, std::multiplies<>());
}

std::uint64_t Hdf5Dataset::byte_offset() const {
  const haddr_t offset = H5Dget_offset(handle_.id());
  return offset == HADDR_UNDEF ? UINT64_MAX : offset;
}

void Hdf5Dataset::must_be(Hdf5Type::Kind kind, const char* call) const {
  if (type_.kind != kind) fail(ErrorKind::store, "{}: {}: it holds {}", path_, call, name(type_));
}

/// Calls transfer(memory space, file space, elements done so far) for pieces of whole rows.
template <class Transfer>
void Hdf5Dataset::by_pieces(std::uint64_t first, std::uint64_t count, const Hdf5Type& type, const char* call, Transfer transfer) const {
  must_be(type.kind, call);
  const std::uint64_t width = type.bytes;
  const std::uint64_t per_row = elements_per_row();
  const std::uint64_t rows_given = count / std::max<std::uint64_t>(per_row, 1);
  if (rows_given * per_row != count || first > rows() || rows_given > rows() - first) {
    fail(ErrorKind::store, "{}: {}: {} values of {} bytes from row {} on are outside its {} rows", path_, call, count, width, first,
         rows());
  }
  const std::uint64_t rows_per_piece = std::max<std::uint64_t>(1, kPieceBytes / std::max<std::uint64_t>(1, per_row * width));
  for (std::uint64_t done = 0; done < rows_given; done += rows_per_piece) {
    const std::uint64_t n = std::min(rows_per_piece, rows_given - done);
    const Hdf5Handle memory = hdf5::make_space({n * per_row}, path_);
    const Hdf5Handle file = select_rows(shape_, first + done, n, path_);
    hdf5::forget_errno();
    check(transfer(memory.id(), file.id(), done * per_row), call, path_);
  }
}

void Hdf5Dataset::write_numbers(std::uint64_t first, const void* values, std::uint64_t count, const Hdf5Type& type) {
  const hid_t id = hdf5::value_type(type, path_);
  by_pieces(first, count, type, "H5Dwrite", [&](hid_t memory, hid_t file, std::uint64_t done) {
    return H5Dwrite(handle_.id(), id, memory, file, H5P_DEFAULT, static_cast<const char*>(values) + done * type.bytes);
  });
}

void Hdf5Dataset::read_numbers(std::uint64_t first, void* values, std::uint64_t count, const Hdf5Type& type) const {
  const hid_t id = hdf5::value_type(type, path_);
  by_pieces(first, count, type, "H5Dread", [&](hid_t memory, hid_t file, std::uint64_t done) {
    return H5Dread(handle_.id(), id, memory, file, H5P_DEFAULT, static_cast<char*>(values) + done * type.bytes);
  });
}

void Hdf5Dataset::write_chunk(std::uint64_t first, std::string_view packed) {
  const hsize_t offset = first;
  hdf5::forget_errno();
  check(H5Dwrite_chunk(handle_.id(), H5P_DEFAULT, 0, &offset, packed.size(), packed.data()), "H5Dwrite_chunk", path_);
}

std::vector<Hdf5Source> Hdf5Dataset::sources() const {
  const Hdf5Handle properties = checked(H5Dget_create_plist(handle_.id()), Hdf5Handle::Kind::properties, "H5Dget_create_plist", path_);
  if (H5Pget_layout(properties.id()) != H5D_VIRTUAL) return {};
  std::size_t count = 0;
  check(H5Pget_virtual_count(properties.id(), &count), "H5Pget_virtual_count", path_);
  std::vector<Hdf5Source> sources(count);
  for (std::size_t i = 0; i < count; ++i) sources[i] = source_at(properties, i, path_);
  return sources;
}

void Hdf5Dataset::write_texts(std::span<const std::string> texts) {
  must_be(Hdf5Type::Kind::text, "H5Dwrite");
  if (texts.size() != rows() || shape_.size() > 1) fail(ErrorKind::store, "{}: {} texts for {} rows", path_, texts.size(), rows());
  std::string packed(texts.size() * type_.bytes, '\0');
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string& text = texts[i];
    if (text.size() > type_.bytes || text.ends_with('\0')) {
      fail(ErrorKind::store, "{}: text {} has {} bytes, at most {} can be stored and none of the last may be zero", path_, i, text.size(),
           type_.bytes);
    }
    std::copy(text.begin(), text.end(), packed.begin() + static_cast<std::ptrdiff_t>(i * type_.bytes));
  }
  if (packed.empty()) return;
  const Hdf5Handle type = hdf5::make_text_type(type_.bytes, path_);
  hdf5::forget_errno();
  check(H5Dwrite(handle_.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, packed.data()), "H5Dwrite", path_);
}

std::vector<std::string> Hdf5Dataset::read_texts() const {
  must_be(Hdf5Type::Kind::text, "H5Dread");
  if (shape_.size() > 1 || rows() > kTextsBytes / type_.bytes) fail(ErrorKind::store, "{}: not a list of texts", path_);
  std::string packed(rows() * type_.bytes, '\0');
  std::vector<std::string> texts;
  if (packed.empty()) return texts;
  const Hdf5Handle type = hdf5::make_text_type(type_.bytes, path_);
  check(H5Dread(handle_.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, packed.data()), "H5Dread", path_);
  for (std::uint64_t i = 0; i < rows(); ++i) {
    std::string text = packed.substr(i * type_.bytes, type_.bytes);
    text.erase(text.find_last_not_of('\0') + 1);
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace quern
