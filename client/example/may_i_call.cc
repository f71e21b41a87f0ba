// Asks the gateway whether numbers may be called: `may_i_call ORGANIZATION NUMBER[,NUMBER…]
// [HOST:PORT]`. Exit status: 0 call (all of them), 1 do not, 2 usage.
#include <cstdio>
#include <future>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "client/client.h"

namespace {

dnc::CheckRequest Call(const std::string& number) {
  return {.contact_point = dnc::Phone(number), .channel = dnc::v1::CHANNEL_VOICE};
}

std::vector<std::string> Split(const std::string& numbers) {
  std::vector<std::string> all;
  std::istringstream in(numbers);
  for (std::string number; std::getline(in, number, ',');) all.push_back(number);
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fprintf(stderr, "usage: %s ORGANIZATION NUMBER[,NUMBER...] [HOST:PORT]\n", argv[0]);
    return 2;
  }
  dnc::ClientOptions options{.organization = argv[1]};
  if (argc == 4) options.target = argv[3];
  const auto client = dnc::Client::Create(options);
  if (!client.ok()) {
    std::fprintf(stderr, "%s\n", client.status().ToString().c_str());
    return 2;
  }
  const std::vector<std::string> numbers = Split(argv[2]);
  if (numbers.size() == 1) {
    const dnc::Decision decision = (*client)->Check(Call(numbers[0]));
    std::printf("%s\n", decision.ToString().c_str());
    return decision.may_contact() ? 0 : 1;
  }
  // Without waiting for one after the other: all are in flight at once.
  std::vector<std::promise<bool>> answers(numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i) {
    (*client)->CheckAsync(Call(numbers[i]), [&answer = answers[i]](const dnc::Decision& decision) {
      answer.set_value(decision.may_contact());
    });
  }
  int status = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const bool may_call = answers[i].get_future().get();
    std::printf("%s: %s\n", numbers[i].c_str(), may_call ? "call" : "do not call");
    if (!may_call) status = 1;
  }
  return status;
}
