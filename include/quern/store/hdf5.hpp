#pragma once
// HDF5 files of plain columns: unsigned integers and fixed-length texts, contiguous and unfiltered.
// Written by one rank, or by all ranks through MPI-IO: the bytes of the file are the same.
// Beside them, in files of one rank, a dataset of chunks that the caller has packed; and one made of the rows of other files.
//
// Everything about a file but its columns' contents is fixed when it is made. After flush() the whole file lies on disk with its
// final size, and what follows only fills ranges in place: a run killed at any moment leaves a file that opens, and no order of
// writes can move a byte. HDF5's object headers and superblock carry checksums in the format chosen here (bounds v1.8).

#include "quern/store/chunk_packer.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quern {

/// An open HDF5 object; move-only. The destructor closes and ignores what HDF5 says; close() reports it.
class Hdf5Handle {
 public:
  enum class Kind : std::uint8_t { file, group, dataset, dataspace, datatype, properties, attribute };
  Hdf5Handle() = default;
  Hdf5Handle(std::int64_t id, Kind kind) noexcept : id_(id), kind_(kind) {}
  ~Hdf5Handle() { close_quietly(); }
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(other.release()), kind_(other.kind_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    if (this == &other) return *this;
    close_quietly();
    kind_ = other.kind_;
    id_ = other.release();
    return *this;
  }

  std::int64_t id() const noexcept { return id_; }
  bool is_open() const noexcept { return id_ >= 0; }
  /// False when HDF5 could not close it; the handle is empty afterwards either way.
  bool close() noexcept;
  /// Lets go without closing.
  std::int64_t release() noexcept { return std::exchange(id_, -1); }

 private:
  void close_quietly() noexcept {
    if (is_open()) close();
  }
  std::int64_t id_ = -1;
  Kind kind_ = Kind::file;
};

/// What the elements of a dataset are.
struct Hdf5Type {
  enum class Kind : std::uint8_t {
    number,  ///< unsigned integer, little-endian
    real,    ///< IEEE 754 binary64, little-endian
    text,    ///< fixed-length string
    other
  };
  Kind kind = Kind::other;
  std::uint64_t bytes = 0;  ///< of one element
  bool operator==(const Hdf5Type&) const = default;
};

/// "u16", "text of 32 bytes": for messages.
std::string name(const Hdf5Type& type);

/// Rows of a virtual dataset that lie in another file: all of a dataset there.
struct Hdf5Source {
  std::string file;  ///< as it is stored: a name without a folder is looked for beside the file that names it
  std::string dataset;
  std::uint64_t first = 0;  ///< row of the virtual dataset
  std::uint64_t rows = 0;
  bool operator==(const Hdf5Source&) const = default;
};

/// A dataset of an open file. Rows are the first dimension; a scalar is one row. Errors are Error{store} and name file and dataset.
class Hdf5Dataset {
 public:
  Hdf5Dataset() = default;

  const std::string& path() const { return path_; }  ///< of the file, then of the dataset in it
  const Hdf5Type& type() const { return type_; }
  const std::vector<std::uint64_t>& shape() const { return shape_; }  ///< empty for a scalar
  std::uint64_t rows() const { return shape_.empty() ? 1 : shape_[0]; }
  std::uint64_t elements_per_row() const;
  /// Where its bytes begin in the file (they are contiguous), for a reader that maps the file; UINT64_MAX when it has none.
  std::uint64_t byte_offset() const;

  /// Writes whole rows from row `first` on. Not collective: any rank, any range, any order; ranges must not overlap.
  /// Cut into pieces of 256 MiB (MPI-IO takes less than 2 GiB at once); each call costs some ten microseconds, so give many rows.
  template <class T>
  void write_rows(std::uint64_t first, std::span<const T> values) {
    static_assert(std::is_unsigned_v<T> || std::is_same_v<T, double>);
    write_numbers(first, values.data(), values.size(), {kind_of<T>(), sizeof(T)});
  }
  /// Reads whole rows from row `first` on until `values` is full.
  template <class T>
  void read_rows(std::uint64_t first, std::span<T> values) const {
    static_assert(std::is_unsigned_v<T> || std::is_same_v<T, double>);
    read_numbers(first, values.data(), values.size(), {kind_of<T>(), sizeof(T)});
  }
  /// Of a dataset that make_chunks() has made: the chunk that begins at row `first`, packed as its form says, also when the dataset ends
  /// inside it: a chunk is always whole. In rising order the bytes of the file are always the same.
  void write_chunk(std::uint64_t first, std::string_view packed);
  /// What a virtual dataset is made of, in rising order of rows; empty for any other.
  std::vector<Hdf5Source> sources() const;
  /// All texts; each at most as long as the dataset's type and without zero bytes at its end. Not collective.
  void write_texts(std::span<const std::string> texts);
  std::vector<std::string> read_texts() const;

 private:
  friend class Hdf5File;
  Hdf5Dataset(Hdf5Handle handle, std::string path);
  template <class T>
  static constexpr Hdf5Type::Kind kind_of() {
    return std::is_same_v<T, double> ? Hdf5Type::Kind::real : Hdf5Type::Kind::number;
  }
  void write_numbers(std::uint64_t first, const void* values, std::uint64_t count, const Hdf5Type& type);
  void read_numbers(std::uint64_t first, void* values, std::uint64_t count, const Hdf5Type& type) const;
  template <class Transfer>
  void by_pieces(std::uint64_t first, std::uint64_t count, const Hdf5Type& type, const char* call, Transfer transfer) const;
  void must_be(Hdf5Type::Kind kind, const char* call) const;

  Hdf5Handle handle_;
  std::string path_;
  Hdf5Type type_;
  std::vector<std::uint64_t> shape_;
};

/// An open HDF5 file; move-only. With a communicator, every function that is not said to be local is collective over it.
class Hdf5File {
 public:
  /// What a file is to hold. Columns begin on pages; chunks lie one behind the other.
  enum class Holds { columns, chunks };
  /// A new file (an old one of that name is lost). `communicator` points to the MPI communicator of all ranks that write
  /// (World::native()), or is null: then this process writes alone. Same bytes either way.
  static Hdf5File create(const std::string& path, const void* communicator, Holds holds = Holds::columns);
  /// A file that create() made and that has all its objects, to write rows into; the same bytes as if it had never been closed.
  static Hdf5File update(const std::string& path, const void* communicator);
  /// For reading, by this process alone, without file locks (a published file does not change; network file systems often lack them).
  static Hdf5File open(const std::string& path);

  Hdf5File(Hdf5File&& other) noexcept = default;
  Hdf5File& operator=(Hdf5File&& other) noexcept;
  /// A shared file that was not closed is let go without closing: H5Fclose is collective, and one rank that unwinds would wait for ever.
  ~Hdf5File();

  const std::string& path() const { return path_; }

  void make_group(const std::string& name);
  /// Little-endian unsigned integers of `bytes` (1, 2, 4 or 8); an empty shape makes a scalar; a dimension may be 0.
  Hdf5Dataset make_numbers(const std::string& name, std::uint64_t bytes, const std::vector<std::uint64_t>& shape);
  /// The same with one dimension, to be written by write_chunk(). Not for a shared file: HDF5 1.10 hangs there. `rows` is not 0, nor below
  /// those of a chunk.
  Hdf5Dataset make_chunks(const std::string& name, std::uint64_t bytes, std::uint64_t rows, const ChunkForm& form);
  /// The same with one dimension, its rows taken from other files when it is read; read here it is not. Where a file is absent, HDF5 gives
  /// ones in all bits, without an error. Such a file is read by HDF5 1.10 and later.
  Hdf5Dataset make_virtual(const std::string& name, std::uint64_t bytes, std::uint64_t rows, std::span<const Hdf5Source> sources);
  /// Little-endian binary64.
  Hdf5Dataset make_reals(const std::string& name, const std::vector<std::uint64_t>& shape);
  /// Fixed-length UTF-8 strings of at most `bytes` bytes (0 is stored as 1), filled up with zeros.
  Hdf5Dataset make_texts(const std::string& name, std::uint64_t bytes, const std::vector<std::uint64_t>& shape);
  /// Attribute of an object (`object` "/" is the root group); before flush().
  void set_attribute(const std::string& object, const std::string& attribute, std::string_view text);
  void set_attribute(const std::string& object, const std::string& attribute, std::uint64_t number);

  bool has(const std::string& name) const;             ///< local; `name` like "/a/b"
  Hdf5Dataset dataset(const std::string& name) const;  ///< local
  /// Local. Empty, or 0, when the object has no such attribute or it is of another type.
  std::string text_attribute(const std::string& object, const std::string& attribute) const;
  std::uint64_t number_attribute(const std::string& object, const std::string& attribute) const;

  /// Hands everything to the file system, on all ranks.
  void flush();
  /// Closes; all datasets must be gone.
  void close();

 private:
  Hdf5File(Hdf5Handle handle, std::string path, bool shared);
  Hdf5Dataset make_dataset(const std::string& name, const Hdf5Handle& type, const std::vector<std::uint64_t>& shape, const Hdf5Handle& properties);
  void write_attribute(const std::string& object, const std::string& attribute, const Hdf5Handle& type, const void* value);
  Hdf5Handle open_attribute(const std::string& object, const std::string& attribute) const;

  Hdf5Handle handle_;
  std::string path_;
  bool shared_ = false;
};

}  // namespace quern
