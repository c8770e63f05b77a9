#include "write/export/manifest.hpp"

#include "quern/base/hash.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/base/version.hpp"
#include "quern/store/file.hpp"
#include "quern/store/file_digest.hpp"
#include "quern/write/export.hpp"
#include "write/together.hpp"

#include <nlohmann/json.hpp>

#include <map>

namespace quern {

namespace {

constexpr std::uint64_t kReadBytes = 4u << 20;

struct Piece {
  std::size_t file;
  Range bytes;
};

struct Digests {
  std::vector<std::uint64_t> bytes;
  std::vector<Hash128> xxh3;
  std::vector<std::string> sha256;  ///< empty: too long a file
};

template <class Visit>
void read_all(const std::string& path, Range bytes, Visit visit) {
  const File file(path, File::Mode::read);
  std::string buffer;
  for (std::uint64_t at = bytes.first; at < bytes.end; at += buffer.size()) {
    buffer.resize(std::min(kReadBytes, bytes.end - at));
    file.read_at(at, buffer.data(), buffer.size());
    visit(std::string_view(buffer));
    beat();
  }
}

std::vector<Piece> pieces_of(const std::vector<std::uint64_t>& bytes) {
  std::vector<Piece> pieces;
  for (std::size_t f = 0; f < bytes.size(); ++f) {
    std::uint64_t at = 0;
    do {
      pieces.push_back({f, {at, std::min(at + kHashedPiece, bytes[f])}});
      at += kHashedPiece;
    } while (at < bytes[f]);
  }
  return pieces;
}

/// Of one piece its own digest, of several that of their digests in a row.
std::vector<Hash128> combine(const std::vector<Piece>& pieces, const std::vector<Hash128>& digests, std::size_t files) {
  std::vector<std::string> texts(files);
  std::vector<Hash128> of_files(files);
  for (std::size_t p = 0; p < pieces.size(); ++p) {
    texts[pieces[p].file] += digests[p].hex();
    of_files[pieces[p].file] = digests[p];
  }
  for (std::size_t f = 0; f < files; ++f) {
    if (texts[f].size() > Hash128().hex().size()) of_files[f] = hash128(texts[f]);
  }
  return of_files;
}

Hash128 xxh3_of(const std::string& path, Range bytes) {
  Hasher128 hasher;
  read_all(path, bytes, [&](std::string_view part) { hasher.add(part); });
  return hasher.digest();
}

std::string sha256_of(const std::string& path, std::uint64_t bytes) {
  return bytes > kMostSha256Bytes ? std::string() : digest_of_file(path).sha256.hex();
}

/// Collective.
Digests digests_of(const std::vector<std::string>& files, ExportContext& context) {
  World& world = context.world;
  Digests all;
  std::vector<Piece> pieces;
  std::vector<Hash128> mine;
  std::string mine_sha;
  const Range my_files = share_of(files.size(), world);
  together(world, [&] {
    for (const std::string& file : files) all.bytes.push_back(File(context.path(file), File::Mode::read).size());
    pieces = pieces_of(all.bytes);
    const Range share = share_of(pieces.size(), world);
    for (std::uint64_t p = share.first; p < share.end; ++p) mine.push_back(xxh3_of(context.path(files[pieces[p].file]), pieces[p].bytes));
    for (std::uint64_t f = my_files.first; f < my_files.end; ++f) mine_sha += sha256_of(context.path(files[f]), all.bytes[f]) + "\n";
  });
  all.xxh3 = combine(pieces, world.all_gather<Hash128>(mine), files.size());
  for (const std::string& part : world.all_gather_bytes(mine_sha)) {
    for (std::size_t at = 0, end; at < part.size(); at = end + 1) {
      end = part.find('\n', at);
      all.sha256.push_back(part.substr(at, end - at));
    }
  }
  return all;
}

nlohmann::ordered_json describe_data(const ExportContext& context) {
  const Provenance& p = context.data.provenance();
  nlohmann::ordered_json data;
  data["content_digest"] = context.data.content_digest().hex();
  data["seal"] = context.data.seal().hex();
  data["plan_digest"] = p.plan_digest;
  data["tokenizer_digest"] = p.tokenizer_digest.hex();
  data["vocab_size"] = p.vocab_size;
  data["end_of_text"] = p.end_of_text;
  data["documents"] = context.data.shape().n_docs;
  data["tokens"] = context.data.shape().n_tokens;
  return data;
}

}  // namespace

void write_manifest(const ExportResult& result, const std::string& canonical, ExportContext& context) {
  const Digests digests = digests_of(result.files, context);
  together(context.world, [&] {
    if (!context.world.is_root()) return;
    nlohmann::ordered_json manifest;
    manifest["made_by"] = "quern export";
    manifest["quern_version"] = version();
    manifest["format"] = nlohmann::ordered_json::parse(canonical);
    manifest["data"] = describe_data(context);
    manifest["counts"] = nlohmann::ordered_json::object();
    for (const auto& [what, n] : result.counts) manifest["counts"][what] = n;
    manifest["notes"] = result.notes;
    manifest["files"] = nlohmann::ordered_json::array();
    for (std::size_t f = 0; f < result.files.size(); ++f) {
      nlohmann::ordered_json file = {{"name", result.files[f]}, {"bytes", digests.bytes[f]}, {"xxh3_128", digests.xxh3[f].hex()}};
      if (!digests.sha256[f].empty()) file["sha256"] = digests.sha256[f];
      manifest["files"].push_back(file);
    }
    publish_file(context.path("manifest.json"), manifest.dump(2) + "\n");
  });
}

std::optional<std::set<std::string>> files_of_export(const std::string& folder) {
  const std::string path = folder + "/manifest.json";
  if (!path_exists(path)) return {};
  try {
    const auto manifest = nlohmann::json::parse(read_file(path));
    if (manifest.at("made_by") != "quern export") return {};
    std::set<std::string> files = {"manifest.json"};
    for (const auto& file : manifest.at("files")) files.insert(file.at("name").get<std::string>());
    return files;
  } catch (const nlohmann::json::exception&) {
    return {};
  }
}

}  // namespace quern
