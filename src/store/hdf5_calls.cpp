#include "store/hdf5_calls.hpp"

#include "quern/base/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace quern {

static_assert(sizeof(hid_t) == sizeof(std::int64_t));

bool Hdf5Handle::close() noexcept {
  const hid_t id = release();
  switch (kind_) {
    case Kind::file: return H5Fclose(id) >= 0;
    case Kind::group: return H5Gclose(id) >= 0;
    case Kind::dataset: return H5Dclose(id) >= 0;
    case Kind::dataspace: return H5Sclose(id) >= 0;
    case Kind::datatype: return H5Tclose(id) >= 0;
    case Kind::properties: return H5Pclose(id) >= 0;
    case Kind::attribute: return H5Aclose(id) >= 0;
  }
  return false;
}

std::string name(const Hdf5Type& type) {
  if (type.kind == Hdf5Type::Kind::number) return fmt::format("u{}", type.bytes * 8);
  if (type.kind == Hdf5Type::Kind::real) return fmt::format("f{}", type.bytes * 8);
  if (type.kind == Hdf5Type::Kind::text) return fmt::format("text of {} bytes", type.bytes);
  return fmt::format("a foreign type of {} bytes", type.bytes);
}

namespace hdf5 {

void quiet() {
  // At the end of a run that could not write, HDF5 would try again, and crash.
  static const bool done = H5dont_atexit() >= 0 && H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;
  (void)done;
}

namespace {

/// Behind a call that failed errno may also be of something that the libraries have tried since: these it can only be of a file.
constexpr std::array kReasonsOfDisks = {EIO, ENOSPC, EDQUOT, EROFS, EACCES, EPERM, EFBIG, EMFILE, ENFILE, ENOENT, ENOTDIR, ENODEV, ENXIO, ESTALE, ENOTCONN};

/// Only beside a file that is being written may a trial be made. A plain "H5Fopen" opens to read.
constexpr std::array<std::string_view, 12> kCallsThatWrite = {"H5Fcreate", kOpenToWrite,        "H5Gcreate2", "H5Gclose", "H5Dcreate2", "H5Dwrite",
                                                              "H5Dwrite_chunk",
                                                              "H5Acreate_by_name", "H5Awrite", "H5Aclose",   "H5Fflush", "H5Fclose"};

/// Of what MPI-IO has no name for, EIO above all, it leaves no trace.
constexpr const char* kNoReason = "MPI-IO does not hand on the system's reason (an I/O error, mostly), and the disk can be written now; the same command goes on: ";

/// Why the file itself cannot be opened; 0 when it can, or is not there.
int try_file(const std::string& file) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT ? 0 : errno;
  ::close(fd);
  return 0;
}

/// Why a file beside it cannot be written; 0 when it can. What a write that was cut short, or failed inside MPI-IO, does not say.
int try_disk(const std::string& beside) {
  const std::string file = beside + ".trial";
  const std::string bytes(1u << 20, 't');
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return errno;
  int error = 0;
  for (std::size_t at = 0; at < bytes.size() && error == 0;) {
    const ssize_t n = ::write(fd, bytes.data() + at, bytes.size() - at);
    if (n < 0) error = errno;
    else at += static_cast<std::size_t>(n);
  }
  if (error == 0 && ::fsync(fd) != 0) error = errno;
  if (::close(fd) != 0 && error == 0) error = errno;
  if (::unlink(file.c_str()) != 0 && error == 0 && errno != ENOENT) error = errno;  // another rank made the same trial
  return error;
}

struct Stack {
  std::string outermost, innermost;
};

herr_t note_entry(unsigned depth, const H5E_error2_t* entry, void* stack) {
  auto* to = static_cast<Stack*>(stack);
  (depth == 0 ? to->outermost : to->innermost) = entry->desc == nullptr ? "" : entry->desc;
  return 0;
}

}  // namespace

std::string take_error() {
  Stack stack;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, note_entry, &stack);
  H5Eclear2(H5E_DEFAULT);
  if (stack.innermost.empty()) return stack.outermost.empty() ? "HDF5 gives no reason" : stack.outermost;
  return stack.outermost + ": " + stack.innermost;
}

void fail_call(const char* call, const std::string& path) {
  int error = std::ranges::count(kReasonsOfDisks, errno) != 0 ? errno : 0;
  const std::string file = path.substr(0, path.find(": "));
  const bool writes = std::ranges::count(kCallsThatWrite, call) != 0;
  if (error == ENOENT && writes) error = 0;  // left behind by a look at something else; where the folder is gone the trial says so
  if (error == 0 && writes) error = try_file(file);
  if (error == 0 && writes) error = try_disk(file);
  const std::string said = take_error();
  std::string reason;
  if (error != 0) reason = std::string(std::strerror(error)) + ": ";
  else if (said.find("MPI_ERR_OTHER") != std::string::npos) reason = kNoReason;
  fail(ErrorKind::store, "{}: {} failed: {}{}", path, call, reason, said);
}

Hdf5Handle make_properties(hid_t of_class, const std::string& path) {
  return checked(H5Pcreate(of_class), Hdf5Handle::Kind::properties, "H5Pcreate", path);
}

Hdf5Handle make_space(const std::vector<std::uint64_t>& shape, const std::string& path) {
  const std::vector<hsize_t> dims(shape.begin(), shape.end());
  const hid_t id = dims.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr);
  return checked(id, Hdf5Handle::Kind::dataspace, "H5Screate", path);
}

hid_t number_type(std::uint64_t bytes, const std::string& path) {
  switch (bytes) {
    case 1: return H5T_STD_U8LE;
    case 2: return H5T_STD_U16LE;
    case 4: return H5T_STD_U32LE;
    case 8: return H5T_STD_U64LE;
    default: fail(ErrorKind::internal, "{}: there is no unsigned integer of {} bytes", path, bytes);
  }
}

Hdf5Handle make_number_type(std::uint64_t bytes, const std::string& path) {
  return checked(H5Tcopy(number_type(bytes, path)), Hdf5Handle::Kind::datatype, "H5Tcopy", path);
}

hid_t value_type(const Hdf5Type& type, const std::string& path) {
  return type.kind == Hdf5Type::Kind::real ? H5T_IEEE_F64LE : number_type(type.bytes, path);
}

Hdf5Handle make_text_type(std::uint64_t bytes, const std::string& path) {
  Hdf5Handle type = checked(H5Tcopy(H5T_C_S1), Hdf5Handle::Kind::datatype, "H5Tcopy", path);
  check(H5Tset_size(type.id(), bytes == 0 ? 1 : bytes), "H5Tset_size", path);
  check(H5Tset_cset(type.id(), H5T_CSET_UTF8), "H5Tset_cset", path);
  check(H5Tset_strpad(type.id(), H5T_STR_NULLPAD), "H5Tset_strpad", path);
  return type;
}

Hdf5Type describe(hid_t type) {
  const H5T_class_t type_class = H5Tget_class(type);
  Hdf5Type found{Hdf5Type::Kind::other, H5Tget_size(type)};
  const bool little = found.bytes == 1 || H5Tget_order(type) == H5T_ORDER_LE;
  if (type_class == H5T_INTEGER && H5Tget_sign(type) == H5T_SGN_NONE && little) found.kind = Hdf5Type::Kind::number;
  if (type_class == H5T_FLOAT && H5Tequal(type, H5T_IEEE_F64LE) > 0) found.kind = Hdf5Type::Kind::real;
  if (type_class == H5T_STRING && H5Tis_variable_str(type) == 0) found.kind = Hdf5Type::Kind::text;
  return found;
}

}  // namespace hdf5
}  // namespace quern
