// Request and response of a unary call on one arena, with memory that is used again for later
// calls: a call that fits its first block allocates no message.
#ifndef DNC_SERVER_RPC_ARENA_ALLOCATOR_H_
#define DNC_SERVER_RPC_ARENA_ALLOCATOR_H_

#include <google/protobuf/arena.h>
#include <grpcpp/support/message_allocator.h>

#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace dnc {

// Thread-safe.
template <typename Request, typename Response>
class ArenaAllocator : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override {
    std::vector<std::unique_ptr<Holder>>& spare = Spare();
    Holder* holder = nullptr;
    if (spare.empty()) {
      holder = new Holder();
    } else {
      holder = spare.back().release();
      spare.pop_back();
    }
    holder->Begin();
    return holder;
  }

 private:
  static constexpr size_t kFirstBlockBytes = 4096;
  // Of one thread.
  static constexpr size_t kMostSpare = 64;

  class Holder : public grpc::MessageHolder<Request, Response> {
   public:
    Holder() : arena_(first_block_.data(), first_block_.size()) {}

    void Begin() {
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&arena_));
      this->set_response(google::protobuf::Arena::CreateMessage<Response>(&arena_));
    }

    void Release() override {
      arena_.Reset();
      std::unique_ptr<Holder> self(this);
      if (Spare().size() < kMostSpare) Spare().push_back(std::move(self));
    }

   private:
    alignas(std::max_align_t) std::array<char, kFirstBlockBytes> first_block_;
    google::protobuf::Arena arena_;
  };

  static std::vector<std::unique_ptr<Holder>>& Spare() {
    thread_local std::vector<std::unique_ptr<Holder>> spare;
    return spare;
  }
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_ARENA_ALLOCATOR_H_
