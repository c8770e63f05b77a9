#include "quern/store/hdf5_samples.hpp"

#include "quern/base/error.hpp"
#include "quern/store/file.hpp"
#include "store/hdf5_calls.hpp"

namespace quern {

using hdf5::check;
using hdf5::checked;
using Kind = Hdf5Handle::Kind;

namespace {

constexpr unsigned kGzipLevel = 4;  // h5py's default, which users of this layout know

Hdf5Handle create_file(const std::string& path) {
  hdf5::quiet();
  const Hdf5Handle creation = hdf5::make_properties(H5P_FILE_CREATE, path);
  check(H5Pset_obj_track_times(creation.id(), false), "H5Pset_obj_track_times", path);
  const Hdf5Handle access = hdf5::make_properties(H5P_FILE_ACCESS, path);
  check(H5Pset_file_locking(access.id(), false, true), "H5Pset_file_locking", path);
  hdf5::forget_errno();
  return checked(H5Fcreate(path.c_str(), H5F_ACC_EXCL, creation.id(), access.id()), Kind::file, "H5Fcreate", path);
}

Hdf5Handle chunked(const std::string& path, std::uint64_t rows, std::uint64_t length) {
  Hdf5Handle properties = hdf5::make_properties(H5P_DATASET_CREATE, path);
  check(H5Pset_obj_track_times(properties.id(), false), "H5Pset_obj_track_times", path);
  const hsize_t chunk[] = {1, rows, length};
  check(H5Pset_chunk(properties.id(), 3, chunk), "H5Pset_chunk", path);
  check(H5Pset_deflate(properties.id(), kGzipLevel), "H5Pset_deflate", path);
  return properties;
}

void write_count(const Hdf5Handle& file, std::uint64_t examples, const std::string& path) {
  const Hdf5Handle space = hdf5::make_space({}, path);
  const std::string where = path + ": /@n_examples";
  Hdf5Handle attribute = checked(H5Acreate2(file.id(), "n_examples", H5T_STD_I64LE, space.id(), H5P_DEFAULT, H5P_DEFAULT), Kind::attribute,
                                 "H5Acreate2", where);
  const auto value = static_cast<std::int64_t>(examples);
  check(H5Awrite(attribute.id(), H5T_NATIVE_INT64, &value), "H5Awrite", where);
  check(attribute.close() ? 0 : -1, "H5Aclose", where);
}

}  // namespace

Hdf5Samples::Hdf5Samples(const std::string& path, std::uint64_t examples, std::uint64_t rows, std::uint64_t length)
    : path_(path), examples_(examples), rows_(rows), length_(length), file_(create_file(path)) {
  const Hdf5Handle space = hdf5::make_space({examples, rows, length}, path_);
  const Hdf5Handle properties = chunked(path_, rows, length);
  write_count(file_, examples, path_);
  hdf5::forget_errno();
  data_ = checked(H5Dcreate2(file_.id(), "data", H5T_STD_I32LE, space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT), Kind::dataset, "H5Dcreate2",
                  path_ + ": /data");
}

void Hdf5Samples::write(std::uint64_t first, std::span<const std::int32_t> values) {
  const hsize_t count[] = {values.size() / (rows_ * length_), rows_, length_}, start[] = {first, 0, 0};
  const Hdf5Handle there = hdf5::make_space({examples_, rows_, length_}, path_);
  check(H5Sselect_hyperslab(there.id(), H5S_SELECT_SET, start, nullptr, count, nullptr), "H5Sselect_hyperslab", path_);
  const Hdf5Handle here = hdf5::make_space({count[0], rows_, length_}, path_);
  hdf5::forget_errno();
  check(H5Dwrite(data_.id(), H5T_NATIVE_INT32, here.id(), there.id(), H5P_DEFAULT, values.data()), "H5Dwrite", path_);
}

void Hdf5Samples::close() {
  hdf5::forget_errno();
  check(data_.close() ? 0 : -1, "H5Dclose", path_);
  check(file_.close() ? 0 : -1, "H5Fclose", path_);
  File(path_, File::Mode::update).sync();
}

}  // namespace quern
