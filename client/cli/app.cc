#include "client/cli/app.h"

#include <pwd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "client/cli/commands.h"
#include "client/cli/error_output.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/utf8.h"

namespace dnc::cli {
namespace {

std::string DefaultActor() {
  if (const char* user = std::getenv("USER"); user != nullptr && *user != '\0') {
    return absl::StrCat("users/", user);
  }
  const passwd* account = getpwuid(getuid());
  return account != nullptr ? absl::StrCat("users/", account->pw_name)
                            : absl::StrCat("users/", getuid());
}

void AddGlobalOptions(CLI::App& app, GlobalOptions& options) {
  app.add_option("--server", options.server, "Where the gateway listens")
      ->envname("DNC_SERVER")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--org", options.organization, "The organization's id")
      ->envname("DNC_ORG")
      ->type_name("ID");
  app.add_option(
         "--actor", options.actor,
         "Who makes a change or check, for the record; the principal, else the user, if not given")
      ->envname("DNC_ACTOR")
      ->type_name("NAME");
  app.add_option("--principal", options.principal,
                 "As whom to call, where the gateway's setting auth is development")
      ->envname("DNC_PRINCIPAL")
      ->type_name("NAME");
  const auto output = [&options](const std::string& format) {
    if (format != "json" && format != "table") {
      throw CLI::ValidationError("--output",
                                 absl::StrCat("\"", format, "\" is not one of table, json"));
    }
    options.json = format == "json";
  };
  app.add_option_function<std::string>("-o,--output", output, "How to print the answer")
      ->type_name("table|json");
  AddDuration(app, "--timeout", options.timeout,
              "For each call, 10s if not given; whole filters and imports get at least 24h");
}

// The command that the arguments reached.
const CLI::App* Deepest(const CLI::App* app) {
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

std::string CommandLine(const CLI::App* app) {
  std::string line = app->get_name();
  for (const CLI::App* up = app->get_parent(); up != nullptr; up = up->get_parent()) {
    line = absl::StrCat(up->get_name(), " ", line);
  }
  return line;
}

std::string SubcommandNames(const CLI::App* app) {
  return absl::StrJoin(
      app->get_subcommands(nullptr), ", ",
      [](std::string* out, const CLI::App* command) { absl::StrAppend(out, command->get_name()); });
}

std::string OptionNames(const CLI::App* app) {
  std::vector<std::string> names;
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      const std::string name = option->get_name();
      const bool known = std::find(names.begin(), names.end(), name) != names.end();
      if (option->nonpositional() && !known) names.push_back(name);
    }
  }
  return absl::StrJoin(names, ", ");
}

// What is wrong with the command line, and what would be right.
std::string UsageMessage(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = Deepest(&app);
  const std::string help = absl::StrCat("; see `", CommandLine(command), " --help`");
  std::vector<std::string> extras = app.remaining(true);
  extras.erase(std::remove(extras.begin(), extras.end(), "--"), extras.end());
  if (!extras.empty() && absl::StartsWith(extras.front(), "-")) {
    return absl::StrCat("unknown option ", extras.front(), "; options are ", OptionNames(command),
                        help);
  }
  if (const std::string commands = SubcommandNames(command); !commands.empty()) {
    return extras.empty()
               ? absl::StrCat("which command? One of ", commands, help)
               : absl::StrCat("unknown command \"", extras.front(), "\"; one of ", commands, help);
  }
  if (!extras.empty()) {
    return absl::StrCat("one argument too many: \"", extras.front(), "\"", help);
  }
  return absl::StrCat(error.what(), help);
}

// A value that a script lost (--lead "$ID") is not the same as none given: what was asked would not
// be what was meant. Text that is not UTF-8 cannot be sent; the name of a file may be anything, and
// of what a person wrote nothing is refused.
void RefuseUnusableValues(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& value : option->results()) {
      if (absl::StripAsciiWhitespace(value).empty()) {
        throw CLI::ValidationError(option->get_name(),
                                   "given, but empty; give a value, or leave it out");
      }
      const std::string type = option->get_type_name();
      if (IsUtf8(value) || type == "FILE" || type == kReceivedTextType) continue;
      throw CLI::ValidationError(option->get_name(),
                                 "is not UTF-8; convert it, e.g. with iconv -t UTF-8");
    }
  }
  for (const CLI::App* command : app.get_subcommands()) RefuseUnusableValues(*command);
}

// Whether the command puts on record who does it: it changes something, or asks whether somebody
// may be contacted.
bool RecordsActor(const CLI::App& command) {
  return command.get_option_no_throw("--dry-run") != nullptr || command.get_name() == "check" ||
         command.get_name() == "filter";
}

// --actor on a command that only reads looks like a filter and would be none. In the environment it
// stands for every command.
void RefuseIdleActor(const CLI::App& app) {
  const CLI::Option& actor = *app.get_option("--actor");
  const CLI::App& command = *Deepest(&app);
  if (actor.count() == 0 || RecordsActor(command)) return;
  const char* environment = std::getenv("DNC_ACTOR");
  if (environment != nullptr && actor.results().front() == environment) return;
  const bool has_by = command.get_option_no_throw("--by") != nullptr;
  throw CLI::ValidationError(
      "--actor", absl::StrCat("says who makes a change, and this command makes none; ",
                              has_by ? "--by shows what somebody did" : "leave it out"));
}

// What is said of the command that was chosen.
void DescribeCommand(const CLI::App& app, GlobalOptions* options) {
  const CLI::App* command = Deepest(&app);
  options->command = CommandLine(command).substr(app.get_name().size() + 1);
  for (const CLI::Option* option : command->get_options()) {
    options->flags.push_back(option->get_name());
  }
  const CLI::Option* dry_run = command->get_option_no_throw("--dry-run");
  options->dry_run = dry_run != nullptr && dry_run->count() > 0;
}

// Whether errors are to be JSON, known even where parsing failed before -o was reached.
bool WantsJson(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const absl::string_view argument = argv[i];
    if (argument == "--output=json" || argument == "-ojson") return true;
    if ((argument == "--output" || argument == "-o") && i + 1 < argc &&
        absl::string_view(argv[i + 1]) == "json") {
      return true;
    }
  }
  return false;
}

int Execute(Session& session, const Command& chosen) {
  const absl::StatusOr<int> code = chosen(session);
  if (code.ok() && session.options().dry_run && !session.json()) {
    session.out() << "dry run: nothing was changed\n";
  }
  session.out().flush();
  if (code.ok() && !session.out().good()) {
    PrintError(session.err(),
               absl::UnknownError("cannot write the answer to standard output: is the disk full, "
                                  "or has its reader gone away?"),
               session.options());
    return kExitError;
  }
  if (code.ok()) return *code;
  PrintError(session.err(), code.status(), session.options(), session.request_id());
  return ExitCodeOf(code.status());
}

}  // namespace

std::unique_ptr<CLI::App> BuildApp(GlobalOptions& options, Command& chosen) {
  auto app = std::make_unique<CLI::App>("Command line of the Do-Not-Contact gateway", "dncctl");
  app->require_subcommand(1);
  app->fallthrough();
  app->footer(absl::StrCat(ExamplesText("dncctl orgs create acme\n"
                                        "dncctl --org acme check --phone +12125550123 "
                                        "--channel voice\n"
                                        "dncctl --org acme filter leads.csv --channel sms "
                                        "--out checked.csv\n"
                                        "dncctl --org acme -o json entries list --active"),
                           "\n\n", ExitCodeHelp()));
  app->set_version_flag("--version", "dncctl " DNC_VERSION);
  AddGlobalOptions(*app, options);
  AddCheckCommand(*app, chosen);
  AddFilterCommand(*app, chosen);
  AddOrgsCommands(*app, chosen);
  AddLeadsCommands(*app, chosen);
  AddWorkflowsCommands(*app, chosen);
  AddStatusesCommands(*app, chosen);
  AddActionsCommands(*app, chosen);
  AddTemplatesCommands(*app, chosen);
  AddNamingCommands(*app, chosen);
  AddRolesCommands(*app, chosen);
  AddBindingsCommands(*app, chosen);
  AddGroupsCommands(*app, chosen);
  AddPermissionsCommands(*app, chosen);
  AddListsCommands(*app, chosen);
  AddContactsCommands(*app, chosen);
  AddDecisionsCommands(*app, chosen);
  AddDiagnoseCommands(*app, chosen);
  AddEntriesCommands(*app, chosen);
  AddOptOutsCommands(*app, chosen);
  AddReviewsCommands(*app, chosen);
  AddAuditCommands(*app, chosen);
  AddWatchCommand(*app, chosen);
  AddReportsCommands(*app, chosen);
  AddStatusCommand(*app, chosen);
  AddCompletionCommand(*app, chosen);
  return app;
}

int RunDncctl(int argc, const char* const* argv, std::ostream& out, std::ostream& err,
              Gateway* gateway, CheckApi* checks) {
  GlobalOptions options;
  Command chosen;
  const std::unique_ptr<CLI::App> app = BuildApp(options, chosen);
  try {
    app->parse(argc, argv);
    RefuseUnusableValues(*app);
    RefuseIdleActor(*app);
  } catch (const CLI::Success& success) {  // --help, --version
    return app->exit(success, out, err);
  } catch (const CLI::ParseError& error) {
    options.json = WantsJson(argc, argv);
    PrintError(err, absl::InvalidArgumentError(UsageMessage(*app, error)), options);
    return kExitUsage;
  }
  DescribeCommand(*app, &options);
  // Whoever calls as somebody does it, unless they say that it is somebody else.
  if (options.actor.empty()) {
    options.actor = options.principal.empty() ? DefaultActor() : options.principal;
  }
  options.stream_timeout = std::max(options.stream_timeout, options.timeout);
  Session session(options, out, err, gateway, checks);
  return Execute(session, chosen);
}

}  // namespace dnc::cli
