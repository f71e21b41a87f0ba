// `delete`, as the groups of commands have it whose objects have an id and an etag.
#ifndef DNC_CLIENT_CLI_DELETE_COMMAND_H_
#define DNC_CLIENT_CLI_DELETE_COMMAND_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/answer.h"
#include "client/cli/options.h"
#include "client/cli/session.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {

struct DeleteTexts {
  std::string object;  // "GROUP"
  std::string description;
  std::string example;
};

// `name` completes the id that is given.
template <typename Request>
void AddDeleteCommand(CLI::App& group, Command& chosen, const DeleteTexts& texts,
                      absl::StatusOr<std::string> (Names::*name)(absl::string_view) const) {
  struct Options {
    std::string id;
    std::string etag;
    WriteOptions write;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = AddCommand(group, "delete", texts.description, texts.example);
  command->add_option(texts.object, options->id, "Its id")->required();
  command->add_option("--etag", options->etag, "Refuse where it changed since it was read");
  AddWriteOptions(*command, options->write);
  command->callback([&chosen, options, name] {
    chosen = [options, name](Session& session) -> absl::StatusOr<int> {
      Request request;
      DNC_ASSIGN_OR_RETURN(*request.mutable_name(), (session.names().*name)(options->id));
      request.set_etag(options->etag);
      session.BeginWrite(options->write);
      session.Sign(request);
      DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
      return PrintDeleted(session, response, request.name());
    };
  });
}

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_DELETE_COMMAND_H_
