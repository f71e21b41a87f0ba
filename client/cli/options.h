// Options that several commands share, in terms of CLI11. Wrong values throw CLI::ParseError with a
// message that lists the right ones; dncctl turns it into a usage error, as it does with every
// option that is given but empty.
#ifndef DNC_CLIENT_CLI_OPTIONS_H_
#define DNC_CLIENT_CLI_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cli/enums.h"
#include "client/cli/session.h"
#include "dnc/v1/contact.pb.h"

namespace dnc::cli {

// "Examples:" and the lines, indented, for --help.
std::string ExamplesText(const std::string& examples);

// A command group: needs one of its own commands. `examples` are lines without indentation, shown
// by
// --help.
CLI::App* AddGroup(CLI::App& parent, const std::string& name, const std::string& description,
                   const std::string& examples);

// A command, with examples in the same way.
CLI::App* AddCommand(CLI::App& parent, const std::string& name, const std::string& description,
                     const std::string& examples);

// --request-id and, described by `dry_run`, --dry-run.
void AddWriteOptions(CLI::App& app, WriteOptions& options,
                     const std::string& dry_run = "Judge, and change nothing");

// One word of an enum.
CLI::Option* AddEnum(CLI::App& app, const std::string& flag, int& value, const EnumNames& names,
                     const std::string& description);

// Any number of words: the option repeated, or words separated by commas.
CLI::Option* AddEnums(CLI::App& app, const std::string& flag, std::vector<int>& values,
                      const EnumNames& names, const std::string& description);

// Text, the option repeated or its values separated by commas.
CLI::Option* AddTexts(CLI::App& app, const std::string& flag, std::vector<std::string>& values,
                      const std::string& description);

// Text that somebody else wrote, as it was received. It may hold bytes that are not UTF-8, which no
// other option takes; the command sends them WithReplacements (client/cli/utf8.h).
CLI::Option* AddReceivedText(CLI::App& app, const std::string& flag, std::string& value,
                             const std::string& description);
// The type that such an option has.
inline constexpr char kReceivedTextType[] = "RECEIVED";

struct NumberRange {
  int64_t least = 0;
  int64_t most = std::numeric_limits<int64_t>::max();
};

// A whole number of that range.
CLI::Option* AddNumber(CLI::App& app, const std::string& flag, std::function<void(int64_t)> set,
                       NumberRange range, const std::string& description);
template <typename Number>
CLI::Option* AddNumber(CLI::App& app, const std::string& flag, Number& value, NumberRange range,
                       const std::string& description) {
  return AddNumber(
      app, flag, [&value](int64_t number) { value = static_cast<Number>(number); }, range,
      description);
}

// --limit of a list: how many are shown at most.
CLI::Option* AddLimit(CLI::App& app, int64_t& limit);

CLI::Option* AddDuration(CLI::App& app, const std::string& flag, absl::Duration& value,
                         const std::string& description);

// absl::InfinitePast() where it is not given: initialise `value` so.
CLI::Option* AddTime(CLI::App& app, const std::string& flag, absl::Time& value,
                     const std::string& description);

// --phone, --email, --other, --default-region: at most one contact point.
struct ContactOptions {
  std::string phone;
  std::string email;
  std::string other;
  std::string default_region;

  bool given() const { return !phone.empty() || !email.empty() || !other.empty(); }
  v1::ContactPoint ToProto() const;
};
void AddContact(CLI::App& app, ContactOptions& contact);

// The same options, each any number of times.
struct ContactsOptions {
  std::vector<std::string> phones;
  std::vector<std::string> emails;
  std::vector<std::string> others;
  std::string default_region;

  std::vector<v1::ContactPoint> ToProto() const;
};
void AddContacts(CLI::App& app, ContactsOptions& contacts);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_OPTIONS_H_
