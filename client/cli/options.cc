#include "client/cli/options.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "client/check_request.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"

namespace dnc::cli {
namespace {

// The value, or a usage error that names the option.
template <typename T>
T OrThrow(const std::string& flag, absl::StatusOr<T> value) {
  if (!value.ok()) throw CLI::ValidationError(flag, std::string(value.status().message()));
  return *std::move(value);
}

}  // namespace

std::string ExamplesText(const std::string& examples) {
  return absl::StrCat("Examples:\n  ",
                      absl::StrReplaceAll(examples, {{"\n\n", "\n\n  "}, {"\n", "\n  "}}));
}

CLI::App* AddGroup(CLI::App& parent, const std::string& name, const std::string& description,
                   const std::string& examples) {
  CLI::App* group = parent.add_subcommand(name, description);
  group->require_subcommand(1);
  group->footer(ExamplesText(examples));
  return group;
}

CLI::App* AddCommand(CLI::App& parent, const std::string& name, const std::string& description,
                     const std::string& examples) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->footer(ExamplesText(examples));
  return command;
}

void AddWriteOptions(CLI::App& app, WriteOptions& options, const std::string& dry_run) {
  app.add_option("--request-id", options.request_id,
                 "Of an earlier call, to repeat it safely; random if not given")
      ->type_name("ID");
  app.add_flag("--dry-run", options.dry_run, dry_run);
}

CLI::Option* AddEnum(CLI::App& app, const std::string& flag, int& value, const EnumNames& names,
                     const std::string& description) {
  const auto read = [&value, &names, flag](const std::string& word) {
    value = OrThrow(flag, ParseEnum(names, word));
  };
  return app.add_option_function<std::string>(flag, read, description)
      ->type_name(EnumChoices(names));
}

CLI::Option* AddEnums(CLI::App& app, const std::string& flag, std::vector<int>& values,
                      const EnumNames& names, const std::string& description) {
  const auto read = [&values, &names, flag](const std::vector<std::string>& words) {
    values.clear();
    for (const std::string& word : words) values.push_back(OrThrow(flag, ParseEnum(names, word)));
  };
  return app.add_option_function<std::vector<std::string>>(flag, read, description)
      ->type_name(EnumChoices(names))
      ->delimiter(',')
      ->allow_extra_args(false);
}

CLI::Option* AddTexts(CLI::App& app, const std::string& flag, std::vector<std::string>& values,
                      const std::string& description) {
  return app.add_option(flag, values, description)->delimiter(',')->allow_extra_args(false);
}

CLI::Option* AddReceivedText(CLI::App& app, const std::string& flag, std::string& value,
                             const std::string& description) {
  return app.add_option(flag, value, description)->type_name(kReceivedTextType);
}

CLI::Option* AddNumber(CLI::App& app, const std::string& flag, std::function<void(int64_t)> set,
                       NumberRange range, const std::string& description) {
  const auto read = [set = std::move(set), flag, range](const std::string& text) {
    int64_t value = 0;
    if (absl::SimpleAtoi(text, &value) && value >= range.least && value <= range.most) {
      return set(value);
    }
    const bool open = range.most == NumberRange().most;
    throw CLI::ValidationError(
        flag, absl::StrCat("\"", Printable(text), "\" is no whole number from ", range.least,
                           open ? " on" : absl::StrCat(" to ", range.most)));
  };
  return app.add_option_function<std::string>(flag, read, description)->type_name("NUMBER");
}

CLI::Option* AddLimit(CLI::App& app, int64_t& limit) {
  return AddNumber(app, "--limit", limit, {}, "How many at most; 0: all");
}

CLI::Option* AddDuration(CLI::App& app, const std::string& flag, absl::Duration& value,
                         const std::string& description) {
  const auto read = [&value, flag](const std::string& text) {
    value = OrThrow(flag, ParseDurationText(text));
  };
  return app.add_option_function<std::string>(flag, read, description)->type_name("DURATION");
}

CLI::Option* AddTime(CLI::App& app, const std::string& flag, absl::Time& value,
                     const std::string& description) {
  const auto read = [&value, flag](const std::string& text) {
    value = OrThrow(flag, ParseTimeText(text, absl::Now()));
  };
  return app.add_option_function<std::string>(flag, read, description)->type_name("TIME");
}

v1::ContactPoint ContactOptions::ToProto() const {
  if (!phone.empty()) return Phone(phone, default_region);
  return email.empty() ? OtherAddress(other) : Email(email);
}

void AddContact(CLI::App& app, ContactOptions& contact) {
  CLI::Option* phone =
      app.add_option("--phone", contact.phone, "Phone number, any spelling")->type_name("NUMBER");
  CLI::Option* email =
      app.add_option("--email", contact.email, "E-mail address")->type_name("ADDRESS");
  CLI::Option* other =
      app.add_option("--other", contact.other, "Postal or any other address")->type_name("ADDRESS");
  phone->excludes(email)->excludes(other);
  email->excludes(other);
  app.add_option("--default-region,--region", contact.default_region,
                 "Region of a number without country code, e.g. US")
      ->type_name("REGION");
}

std::vector<v1::ContactPoint> ContactsOptions::ToProto() const {
  std::vector<v1::ContactPoint> points;
  for (const std::string& phone : phones) points.push_back(Phone(phone, default_region));
  for (const std::string& email : emails) points.push_back(Email(email));
  for (const std::string& other : others) points.push_back(OtherAddress(other));
  return points;
}

void AddContacts(CLI::App& app, ContactsOptions& contacts) {
  AddTexts(app, "--phone", contacts.phones, "Phone number, any spelling; repeatable")
      ->type_name("NUMBER");
  AddTexts(app, "--email", contacts.emails, "E-mail address; repeatable")->type_name("ADDRESS");
  app.add_option("--other", contacts.others, "Postal or any other address; repeatable")
      ->allow_extra_args(false)
      ->type_name("ADDRESS");
  app.add_option("--default-region,--region", contacts.default_region,
                 "Region of numbers without country code, e.g. US")
      ->type_name("REGION");
}

}  // namespace dnc::cli
