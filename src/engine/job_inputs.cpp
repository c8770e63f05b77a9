#include "engine/job_inputs.hpp"

#include "quern/base/error.hpp"
#include "quern/plan/canonical.hpp"

namespace quern {

std::vector<InputFile> inputs_of(const Job& job, const DatasetReader& data) {
  std::vector<InputFile> files = list_inputs(job);
  const Hash128 tokenizer = job.tokenizer.train ? Hash128{} : data.provenance().tokenizer_digest;
  const std::string digest = plan_digest(job, files, tokenizer).hex();
  if (digest != data.provenance().plan_digest) {
    fail(ErrorKind::refused, "{}: was made by another job, or its input has other names or sizes now (plan digest {}, this one's is {})", data.path(),
         data.provenance().plan_digest, digest);
  }
  return files;
}

Piece whole_file(const InputFile& file, std::uint32_t number) {
  return {number, file.entry, file.path, file.name, file.bytes, 0, file.bytes, file.modified_ns};
}

}  // namespace quern
