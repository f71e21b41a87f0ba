// A value that one thread replaces and any number of threads read without a lock (hazard pointers,
// Michael 2004): a reader announces the pointer that it uses, and the writer frees a replaced value
// only once nobody announces it. An idle thread holds nothing.
#ifndef DNC_SERVER_STATE_PUBLISHED_H_
#define DNC_SERVER_STATE_PUBLISHED_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace dnc {
namespace internal {

// Where one reader announces what it uses.
struct alignas(64) HazardSlot {
  std::atomic<const void*> pointer{nullptr};
  std::atomic<bool> taken{false};
};

// Enough for every thread of the process with a few nested reads each.
inline constexpr size_t kHazardSlots = 4096;

// A free slot; waits for one in the unlikely case that all are taken.
HazardSlot* TakeHazardSlot();
void ReturnHazardSlot(HazardSlot* slot);
bool IsAnnounced(const void* pointer);

}  // namespace internal

template <typename T>
class Published {
 public:
  // Keeps the value that was current at Read alive. Use it on one thread, and briefly.
  class Guard {
   public:
    explicit Guard(const std::atomic<const T*>& current) : slot_(internal::TakeHazardSlot()) {
      do {
        value_ = current.load(std::memory_order_acquire);
        slot_->pointer.store(value_, std::memory_order_seq_cst);
      } while (current.load(std::memory_order_seq_cst) != value_);
    }
    ~Guard() {
      slot_->pointer.store(nullptr, std::memory_order_release);
      internal::ReturnHazardSlot(slot_);
    }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    const T& operator*() const { return *value_; }
    const T* operator->() const { return value_; }

   private:
    internal::HazardSlot* const slot_;
    const T* value_ = nullptr;
  };

  explicit Published(std::unique_ptr<const T> value) : current_(value.release()) {}
  // Nobody may read any more.
  ~Published() {
    delete current_.load();
    for (const T* value : retired_) delete value;
  }
  Published(const Published&) = delete;
  Published& operator=(const Published&) = delete;

  // The oldest value that somebody may still read, as far as the last Publish saw. The writer's.
  const T& Oldest() const {
    return retired_.empty() ? *current_.load(std::memory_order_relaxed) : *retired_.front();
  }

  // Lock-free; any thread.
  Guard Read() const { return Guard(current_); }

  // Every Read that starts after this returns sees `value` or a later one. One thread at a time.
  void Publish(std::unique_ptr<const T> value) {
    retired_.push_back(current_.exchange(value.release(), std::memory_order_seq_cst));
    std::vector<const T*> kept;
    for (const T* old : retired_) {
      if (internal::IsAnnounced(old)) {
        kept.push_back(old);
      } else {
        delete old;
      }
    }
    retired_ = std::move(kept);
  }

 private:
  std::atomic<const T*> current_;
  std::vector<const T*> retired_;  // replaced and perhaps still read
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_PUBLISHED_H_
