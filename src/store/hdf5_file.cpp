#include "quern/base/error.hpp"
#include "store/hdf5_calls.hpp"

namespace quern {

using hdf5::check;
using hdf5::checked;
using Kind = Hdf5Handle::Kind;

namespace {

// Groups keep their links, and objects their attributes, in the object header, which has a checksum: no B-trees and heaps for so few.
constexpr unsigned kLinksInHeader = 64;
// Columns of this size begin on a page, so that they can be mapped into memory and ranks do not share a page of the file's metadata.
constexpr hsize_t kAlignFromBytes = 64u << 10;
constexpr hsize_t kAlignToBytes = 4096;

/// Modification times would make two equal runs differ.
void keep_no_times(const Hdf5Handle& properties, const std::string& path) {
  check(H5Pset_obj_track_times(properties.id(), false), "H5Pset_obj_track_times", path);
}

void keep_links_in_header(const Hdf5Handle& properties, const std::string& path) {
  check(H5Pset_link_phase_change(properties.id(), kLinksInHeader, kLinksInHeader / 2), "H5Pset_link_phase_change", path);
}

/// Everything as HDF5 1.8 knew it, but for what it had no form for: virtual datasets.
Hdf5Handle file_access(const void* communicator, const std::string& path, Hdf5File::Holds holds) {
  Hdf5Handle access = hdf5::make_properties(H5P_FILE_ACCESS, path);
  check(H5Pset_libver_bounds(access.id(), H5F_LIBVER_V18, H5F_LIBVER_V110), "H5Pset_libver_bounds", path);
  if (holds == Hdf5File::Holds::columns) check(H5Pset_alignment(access.id(), kAlignFromBytes, kAlignToBytes), "H5Pset_alignment", path);
  if (communicator != nullptr) {
    hdf5::use_mpi_io(access, communicator, path);
  } else {
    check(H5Pset_file_locking(access.id(), false, true), "H5Pset_file_locking", path);
  }
  return access;
}

Hdf5Handle dataset_properties(const std::string& path) {
  Hdf5Handle properties = hdf5::make_properties(H5P_DATASET_CREATE, path);
  keep_no_times(properties, path);
  return properties;
}

/// The whole column is allocated when it is made and never filled: later writes go straight to their place and change no metadata.
Hdf5Handle column_properties(const std::string& path) {
  Hdf5Handle properties = dataset_properties(path);
  check(H5Pset_layout(properties.id(), H5D_CONTIGUOUS), "H5Pset_layout", path);
  check(H5Pset_alloc_time(properties.id(), H5D_ALLOC_TIME_EARLY), "H5Pset_alloc_time", path);
  check(H5Pset_fill_time(properties.id(), H5D_FILL_TIME_NEVER), "H5Pset_fill_time", path);
  return properties;
}

Hdf5Handle chunk_properties(const ChunkForm& form, const std::string& path) {
  Hdf5Handle properties = dataset_properties(path);
  const hsize_t rows = form.rows;
  check(H5Pset_chunk(properties.id(), 1, &rows), "H5Pset_chunk", path);
  check(H5Pset_fill_time(properties.id(), H5D_FILL_TIME_NEVER), "H5Pset_fill_time", path);
  if (form.shuffle) check(H5Pset_shuffle(properties.id()), "H5Pset_shuffle", path);
  check(H5Pset_deflate(properties.id(), kDeflateLevel), "H5Pset_deflate", path);
  return properties;
}

/// Ones for what is absent. The time of allocation says nothing here, but it is stored, and with MPI-IO it is this.
Hdf5Handle virtual_properties(std::uint64_t bytes, const Hdf5Handle& space, std::span<const Hdf5Source> sources, const std::string& path) {
  Hdf5Handle properties = dataset_properties(path);
  const std::uint64_t ones = UINT64_MAX;
  check(H5Pset_alloc_time(properties.id(), H5D_ALLOC_TIME_EARLY), "H5Pset_alloc_time", path);
  check(H5Pset_fill_value(properties.id(), hdf5::number_type(bytes, path), &ones), "H5Pset_fill_value", path);
  for (const Hdf5Source& source : sources) {
    const hsize_t first = source.first, rows = source.rows;
    const Hdf5Handle there = hdf5::make_space({rows}, path);
    check(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, &first, nullptr, &rows, nullptr), "H5Sselect_hyperslab", path);
    check(H5Pset_virtual(properties.id(), space.id(), source.file.c_str(), source.dataset.c_str(), there.id()), "H5Pset_virtual", path);
  }
  check(H5Sselect_all(space.id()), "H5Sselect_all", path);
  return properties;
}

}  // namespace

Hdf5File::Hdf5File(Hdf5Handle handle, std::string path, bool shared)
    : handle_(std::move(handle)), path_(std::move(path)), shared_(shared) {}

Hdf5File::~Hdf5File() {
  if (shared_) handle_.release();
}

Hdf5File& Hdf5File::operator=(Hdf5File&& other) noexcept {
  if (shared_) handle_.release();
  handle_ = std::move(other.handle_);
  path_ = std::move(other.path_);
  shared_ = other.shared_;
  return *this;
}

Hdf5File Hdf5File::create(const std::string& path, const void* communicator, Holds holds) {
  hdf5::quiet();
  const Hdf5Handle creation = hdf5::make_properties(H5P_FILE_CREATE, path);
  keep_no_times(creation, path);
  keep_links_in_header(creation, path);
  const Hdf5Handle access = file_access(communicator, path, holds);
  hdf5::forget_errno();
  return {checked(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.id(), access.id()), Kind::file, "H5Fcreate", path), path,
          communicator != nullptr};
}

Hdf5File Hdf5File::update(const std::string& path, const void* communicator) {
  hdf5::quiet();
  const Hdf5Handle access = file_access(communicator, path, Holds::columns);
  hdf5::forget_errno();
  return {checked(H5Fopen(path.c_str(), H5F_ACC_RDWR, access.id()), Kind::file, hdf5::kOpenToWrite, path), path, communicator != nullptr};
}

Hdf5File Hdf5File::open(const std::string& path) {
  hdf5::quiet();
  const Hdf5Handle access = hdf5::make_properties(H5P_FILE_ACCESS, path);
  check(H5Pset_file_locking(access.id(), false, true), "H5Pset_file_locking", path);
  hdf5::forget_errno();
  return {checked(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), Kind::file, "H5Fopen", path), path, false};
}

void Hdf5File::make_group(const std::string& name) {
  const Hdf5Handle properties = hdf5::make_properties(H5P_GROUP_CREATE, path_);
  keep_no_times(properties, path_);
  keep_links_in_header(properties, path_);
  hdf5::forget_errno();
  const hid_t id = H5Gcreate2(handle_.id(), name.c_str(), H5P_DEFAULT, properties.id(), H5P_DEFAULT);
  Hdf5Handle group = checked(id, Kind::group, "H5Gcreate2", path_ + ": " + name);
  check(group.close() ? 0 : -1, "H5Gclose", path_ + ": " + name);
}

Hdf5Dataset Hdf5File::make_dataset(const std::string& name, const Hdf5Handle& type, const std::vector<std::uint64_t>& shape,
                                   const Hdf5Handle& properties) {
  const std::string where = path_ + ": " + name;
  const Hdf5Handle space = hdf5::make_space(shape, where);
  hdf5::forget_errno();
  const hid_t id = H5Dcreate2(handle_.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT);
  return {checked(id, Kind::dataset, "H5Dcreate2", where), where};
}

Hdf5Dataset Hdf5File::make_numbers(const std::string& name, std::uint64_t bytes, const std::vector<std::uint64_t>& shape) {
  return make_dataset(name, hdf5::make_number_type(bytes, path_), shape, column_properties(path_ + ": " + name));
}

Hdf5Dataset Hdf5File::make_reals(const std::string& name, const std::vector<std::uint64_t>& shape) {
  const Hdf5Handle type = checked(H5Tcopy(H5T_IEEE_F64LE), Kind::datatype, "H5Tcopy", path_);
  return make_dataset(name, type, shape, column_properties(path_ + ": " + name));
}

Hdf5Dataset Hdf5File::make_texts(const std::string& name, std::uint64_t bytes, const std::vector<std::uint64_t>& shape) {
  return make_dataset(name, hdf5::make_text_type(bytes, path_), shape, column_properties(path_ + ": " + name));
}

Hdf5Dataset Hdf5File::make_chunks(const std::string& name, std::uint64_t bytes, std::uint64_t rows, const ChunkForm& form) {
  if (shared_) fail(ErrorKind::internal, "{}: {}: chunks in a file of several ranks", path_, name);
  return make_dataset(name, hdf5::make_number_type(bytes, path_), {rows}, chunk_properties(form, path_ + ": " + name));
}

Hdf5Dataset Hdf5File::make_virtual(const std::string& name, std::uint64_t bytes, std::uint64_t rows, std::span<const Hdf5Source> sources) {
  const std::string where = path_ + ": " + name;
  const Hdf5Handle space = hdf5::make_space({rows}, where);
  return make_dataset(name, hdf5::make_number_type(bytes, path_), {rows}, virtual_properties(bytes, space, sources, where));
}

void Hdf5File::write_attribute(const std::string& object, const std::string& attribute, const Hdf5Handle& type, const void* value) {
  const std::string where = path_ + ": " + object + "@" + attribute;
  const Hdf5Handle space = hdf5::make_space({}, where);
  hdf5::forget_errno();
  const hid_t id =
      H5Acreate_by_name(handle_.id(), object.c_str(), attribute.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  Hdf5Handle handle = checked(id, Kind::attribute, "H5Acreate_by_name", where);
  hdf5::forget_errno();
  check(H5Awrite(handle.id(), type.id(), value), "H5Awrite", where);
  check(handle.close() ? 0 : -1, "H5Aclose", where);
}

void Hdf5File::set_attribute(const std::string& object, const std::string& attribute, std::string_view text) {
  const std::string padded = text.empty() ? std::string(1, '\0') : std::string(text);
  write_attribute(object, attribute, hdf5::make_text_type(padded.size(), path_), padded.data());
}

void Hdf5File::set_attribute(const std::string& object, const std::string& attribute, std::uint64_t number) {
  write_attribute(object, attribute, hdf5::make_number_type(8, path_), &number);
}

bool Hdf5File::has(const std::string& name) const {
  for (std::size_t end = name.find('/', 1);; end = name.find('/', end + 1)) {
    const std::string part = name.substr(0, end);
    const htri_t found = H5Lexists(handle_.id(), part.c_str(), H5P_DEFAULT);
    if (found < 0) hdf5::fail_call("H5Lexists", path_ + ": " + part);
    if (found == 0) return false;
    if (end == std::string::npos) return true;
  }
}

Hdf5Dataset Hdf5File::dataset(const std::string& name) const {
  const std::string where = path_ + ": " + name;
  return {checked(H5Dopen2(handle_.id(), name.c_str(), H5P_DEFAULT), Kind::dataset, "H5Dopen2", where), where};
}

/// An empty handle when there is none.
Hdf5Handle Hdf5File::open_attribute(const std::string& object, const std::string& attribute) const {
  const std::string where = path_ + ": " + object + "@" + attribute;
  const htri_t found = H5Aexists_by_name(handle_.id(), object.c_str(), attribute.c_str(), H5P_DEFAULT);
  if (found < 0) hdf5::fail_call("H5Aexists_by_name", where);
  if (found == 0) return {};
  const hid_t id = H5Aopen_by_name(handle_.id(), object.c_str(), attribute.c_str(), H5P_DEFAULT, H5P_DEFAULT);
  return checked(id, Kind::attribute, "H5Aopen_by_name", where);
}

namespace {

Hdf5Type attribute_type(const Hdf5Handle& attribute, const std::string& path) {
  const Hdf5Handle space = checked(H5Aget_space(attribute.id()), Kind::dataspace, "H5Aget_space", path);
  if (H5Sget_simple_extent_npoints(space.id()) != 1) return {};
  return hdf5::describe(checked(H5Aget_type(attribute.id()), Kind::datatype, "H5Aget_type", path).id());
}

}  // namespace

std::string Hdf5File::text_attribute(const std::string& object, const std::string& attribute) const {
  const Hdf5Handle handle = open_attribute(object, attribute);
  if (!handle.is_open()) return {};
  const Hdf5Type type = attribute_type(handle, path_);
  if (type.kind != Hdf5Type::Kind::text) return {};
  std::string text(type.bytes, '\0');
  check(H5Aread(handle.id(), hdf5::make_text_type(type.bytes, path_).id(), text.data()), "H5Aread", path_ + ": " + object);
  text.erase(text.find_last_not_of('\0') + 1);
  return text;
}

std::uint64_t Hdf5File::number_attribute(const std::string& object, const std::string& attribute) const {
  const Hdf5Handle handle = open_attribute(object, attribute);
  if (!handle.is_open() || attribute_type(handle, path_).kind != Hdf5Type::Kind::number) return 0;
  std::uint64_t number = 0;
  check(H5Aread(handle.id(), hdf5::number_type(8, path_), &number), "H5Aread", path_ + ": " + object);
  return number;
}

void Hdf5File::flush() {
  hdf5::forget_errno();
  check(H5Fflush(handle_.id(), H5F_SCOPE_GLOBAL), "H5Fflush", path_);
}

void Hdf5File::close() {
  if (!handle_.is_open()) return;
  hdf5::forget_errno();
  check(handle_.close() ? 0 : -1, "H5Fclose", path_);
}

}  // namespace quern
