#include "tests/fault/power_cut.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace dnc::testing {
namespace {

namespace fs = std::filesystem;

}  // namespace

PowerCut::PowerCut(std::string shim, std::string folder, std::string notes)
    : shim_(std::move(shim)), folder_(std::move(folder)), notes_(std::move(notes)) {}

void PowerCut::Arm() {
  fs::remove(notes_);
  synced_.clear();
  if (!fs::exists(folder_)) return;
  for (const fs::directory_entry& file : fs::recursive_directory_iterator(folder_)) {
    if (file.is_regular_file()) synced_[file.path().string()] = file.file_size();
  }
}

std::vector<std::string> PowerCut::Environment() const {
  return {absl::StrCat("LD_PRELOAD=", shim_), absl::StrCat("DNC_POWER_CUT_DIR=", folder_, "/"),
          absl::StrCat("DNC_POWER_CUT_NOTES=", notes_)};
}

void PowerCut::ReadNotes() {
  std::ifstream notes(notes_);
  std::string what;
  while (notes >> what) {
    std::string path;
    if (what == "synced") {
      uint64_t bytes = 0;
      notes >> bytes >> path;
      synced_[path] = std::max(synced_[path], bytes);
    } else if (what == "emptied") {
      notes >> path;
      synced_[path] = 0;
    } else {
      std::string to;
      notes >> path >> to;
      synced_[to] = synced_[path];
      synced_.erase(path);
    }
  }
}

uint64_t PowerCut::Strike() {
  ReadNotes();
  uint64_t lost = 0;
  if (!fs::exists(folder_)) return lost;
  for (const fs::directory_entry& file : fs::recursive_directory_iterator(folder_)) {
    if (!file.is_regular_file()) continue;
    const auto synced = synced_.find(file.path().string());
    const uint64_t kept = synced == synced_.end() ? 0 : synced->second;
    if (file.file_size() <= kept) continue;
    lost += file.file_size() - kept;
    fs::resize_file(file.path(), kept);
  }
  return lost;
}

}  // namespace dnc::testing
