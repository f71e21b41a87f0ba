#include "client/cli/zip_input.h"

#include <zip.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/base/file_date.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

constexpr size_t kPiece = 512 << 10;

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;
using Member = std::unique_ptr<zip_file_t, CloseMember>;

// What to call the list: the archive, unless only the member has a date, or an earlier one: a list
// that is repacked does not get younger by that.
std::string NameOf(std::string archive, const std::string& member) {
  const auto archive_date = DateInFileName(archive);
  const auto member_date = DateInFileName(member);
  const bool members =
      member_date.has_value() && (!archive_date.has_value() || *member_date < *archive_date);
  return members ? member : archive;
}

class ZipInput : public Input {
 public:
  ZipInput(Archive archive, zip_uint64_t index, int64_t size, std::string name,
           std::optional<FileId> id)
      : archive_(std::move(archive)), index_(index), size_(size), name_(std::move(name)), id_(id) {}

  absl::Status Rewind() override {
    position_ = 0;
    member_.reset(zip_fopen_index(archive_.get(), index_, 0));
    if (member_ != nullptr) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat("cannot read the file inside ", name_, ": ",
                                                   zip_strerror(archive_.get()),
                                                   "; unzip it yourself and import that"));
  }

  absl::StatusOr<std::string> Next() override {
    std::string piece(kPiece, '\0');
    const zip_int64_t got = zip_fread(member_.get(), piece.data(), piece.size());
    if (got < 0) {
      return absl::DataLossError(absl::StrCat(name_, " is broken after ", position_,
                                              " unzipped bytes: ", zip_file_strerror(member_.get()),
                                              "; fetch it again"));
    }
    piece.resize(static_cast<size_t>(got));
    position_ += got;
    if (got == 0 && position_ != size_) {
      return absl::DataLossError(absl::StrCat(name_, " ends after ", position_, " of ", size_,
                                              " unzipped bytes; fetch it again"));
    }
    return piece;
  }

  int64_t size() const override { return size_; }
  int64_t position() const override { return position_; }
  const std::string& name() const override { return name_; }
  std::optional<FileId> id() const override { return id_; }

 private:
  const Archive archive_;
  Member member_;
  const zip_uint64_t index_;
  const int64_t size_;
  const std::string name_;
  const std::optional<FileId> id_;
  int64_t position_ = 0;
};

struct Candidate {
  zip_uint64_t index;
  int64_t size;
  std::string name;
};

// What macOS packs beside the files that were meant: their attributes.
bool IsOfMacOs(absl::string_view name) {
  const absl::string_view file = name.substr(name.find_last_of('/') + 1);
  return absl::StartsWith(name, "__MACOSX/") || absl::StartsWith(file, "._");
}

std::vector<Candidate> FilesIn(zip_t* archive) {
  std::vector<Candidate> files;
  const zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(std::max<zip_int64_t>(count, 0)); ++i) {
    zip_stat_t info;
    if (zip_stat_index(archive, i, 0, &info) != 0 || (info.valid & ZIP_STAT_NAME) == 0) continue;
    if (absl::EndsWith(info.name, "/") || IsOfMacOs(info.name)) continue;
    files.push_back({i, static_cast<int64_t>(info.size), info.name});
  }
  return files;
}

bool LooksLikeList(const Candidate& file) {
  return absl::EndsWithIgnoreCase(file.name, ".txt") ||
         absl::EndsWithIgnoreCase(file.name, ".csv") || absl::EndsWithIgnoreCase(file.name, ".xml");
}

absl::StatusOr<Candidate> ChooseFile(const std::string& path, std::vector<Candidate> files) {
  if (files.size() == 1) return files.front();
  std::vector<Candidate> lists;
  std::copy_if(files.begin(), files.end(), std::back_inserter(lists), LooksLikeList);
  if (lists.size() == 1) return lists.front();
  return absl::InvalidArgumentError(
      absl::StrCat(path, " holds ", files.size(), " files, ", lists.size(),
                   " of them .txt, .csv or .xml; unzip it and import the one that you mean"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Input>> OpenZipInput(const std::string& path) {
  int code = 0;
  Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &code));
  if (archive == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string why = zip_error_strerror(&error);
    zip_error_fini(&error);
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is no good zip archive: ", why, "; fetch it again"));
  }
  DNC_ASSIGN_OR_RETURN(const Candidate file, ChooseFile(path, FilesIn(archive.get())));
  if (file.size == 0) {
    return absl::InvalidArgumentError(absl::StrCat(file.name, " inside ", path, " is empty"));
  }
  std::string name = NameOf(std::filesystem::path(path).filename().string(), file.name);
  auto input = std::make_unique<ZipInput>(std::move(archive), file.index, file.size,
                                          std::move(name), FileIdOf(path));
  DNC_RETURN_IF_ERROR(input->Rewind());
  return input;
}

}  // namespace dnc::cli
