#pragma once
// Where a finished data set goes: published by rename, never half there.

#include "engine/setup.hpp"

#include <string>

namespace quern {

class Publication {
 public:
  Publication(const OutputSpec& output, bool overwrite) : path_(output.path), mode_(output.mode), overwrite_(overwrite) {}

  /// Whether the output is there already, made by the same plan. Throws Error{refused} when it is there and is not, unless it may be overwritten.
  bool already_done(const Hash128& plan_digest) const;
  /// Folder to write in.
  std::string aside() const { return path_ + ".quern-partial"; }
  /// Makes the folder aside; until it is published nobody but its owner can look into it. Returns whether it is the one in which this work
  /// folder says that it has shaped a data file, `shaped_epoch` being the epoch of that record (0: none); else the folder is new and empty,
  /// and of this `epoch`. Throws Error{refused} when a run with another work folder is writing there.
  bool begin(const std::string& work_folder, std::uint64_t epoch, std::uint64_t shaped_epoch) const;
  /// Gives the files their permissions (HDF5 makes its own by the umask) and puts the folder aside in its place; an output that gives way
  /// is removed only then.
  /// Throws Error{refused} when another run has taken the folder.
  void commit(const std::string& work_folder) const;

  /// The run that made the folder aside.
  struct Owner {
    std::uint64_t epoch = 0;
    std::string work_folder;
  };

 private:
  void refuse_if_alive(const Owner& owner) const;
  void take_away(const std::string& to, const std::string& claim) const;

  std::string path_;
  unsigned mode_;
  bool overwrite_;
};

}  // namespace quern
