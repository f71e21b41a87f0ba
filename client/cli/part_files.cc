#include "client/cli/part_files.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>
#include <csignal>
#include <cstring>

namespace dnc::cli {
namespace {

enum class SlotState : int { kFree, kTaken, kInUse };

// A path where a signal handler can read it: memory that is never freed.
struct Slot {
  std::atomic<SlotState> state = SlotState::kFree;
  std::array<char, PATH_MAX> path = {};
};
static_assert(std::atomic<SlotState>::is_always_lock_free);

// A process writes two files at a time at the most: its output and its rejects.
std::array<Slot, 4> slots;

extern "C" void RemoveAndEnd(int signal) {
  for (Slot& slot : slots) {
    if (slot.state.load(std::memory_order_acquire) == SlotState::kInUse) unlink(slot.path.data());
  }
  std::signal(signal, SIG_DFL);
  raise(signal);
}

// Where the path was put; slots.size() where it is empty, too long, or no slot is free.
size_t Remember(const std::string& path) {
  if (path.empty() || path.size() >= PATH_MAX) return slots.size();
  for (size_t i = 0; i < slots.size(); ++i) {
    SlotState free = SlotState::kFree;
    if (!slots[i].state.compare_exchange_strong(free, SlotState::kTaken)) continue;
    std::memcpy(slots[i].path.data(), path.c_str(), path.size() + 1);
    slots[i].state.store(SlotState::kInUse, std::memory_order_release);
    return i;
  }
  return slots.size();
}

}  // namespace

PartFile::PartFile(const std::string& path) : path_(path), slot_(Remember(path)) {}

PartFile::~PartFile() {
  if (!path_.empty() && !released_) unlink(path_.c_str());
  Release();
}

void PartFile::Release() {
  released_ = true;
  if (slot_ < slots.size()) slots[slot_].state.store(SlotState::kFree, std::memory_order_release);
  slot_ = slots.size();
}

void RemovePartFilesOnSignals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // Ignored signals (nohup) stay ignored.
    if (std::signal(signal, RemoveAndEnd) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

}  // namespace dnc::cli
