// Asks the gateway whether a number may be called: `may_i_call ORGANIZATION NUMBER [HOST:PORT]`.
// Exit status: 0 call, 1 do not call, 2 usage.
#include <cstdio>
#include <memory>

#include "client/client.h"

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fprintf(stderr, "usage: %s ORGANIZATION NUMBER [HOST:PORT]\n", argv[0]);
    return 2;
  }
  dnc::ClientOptions options{.organization = argv[1]};
  if (argc == 4) options.target = argv[3];
  const auto client = dnc::Client::Create(options);
  if (!client.ok()) {
    std::fprintf(stderr, "%s\n", client.status().ToString().c_str());
    return 2;
  }
  const dnc::Decision decision =
      (*client)->Check({.contact_point = dnc::Phone(argv[2]), .channel = dnc::v1::CHANNEL_VOICE});
  std::printf("%s\n", decision.ToString().c_str());
  return decision.may_contact() ? 0 : 1;
}
