#pragma once
// Exact checks of pairs in the work folder: the near step's dearest work is not done twice.

#include "engine/done_rows.hpp"
#include "engine/work_folder.hpp"
#include "quern/near/near.hpp"

#include <vector>

namespace quern {

class SpoolCheckLog final : public CheckLog {
 public:
  SpoolCheckLog(const Setup& setup, WorkFolder& work, World& world);

  bool next_known(std::vector<ExactCheck>& batch) override;
  void keep(const ExactCheck& check) override;
  /// Collective: all that was kept is recorded.
  void finish();

 private:
  void flush();

  std::vector<UnitPlace> known_;  // this rank's share of what earlier runs have recorded
  SpoolReader reader_;
  SpoolWriter writer_;
  DoneRows<UnitPlace> done_;
  std::vector<ExactCheck> checks_;
  std::uint64_t blocks_ = 0;
};

}  // namespace quern
