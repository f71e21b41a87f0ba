#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

std::string ViolationWords(const v1::JudgedContact& contact) {
  return absl::StrJoin(contact.violations(), ",", [](std::string* out, const auto& violation) {
    absl::StrAppend(out, EnumWord(ContactViolationKindNames(), violation.kind()),
                    violation.uncertain() ? "?" : "");
  });
}

template <typename Contacts>
void PrintContacts(Session& session, const Contacts& contacts) {
  Table table({"TIME", "CONTACT", "CONTACT POINT", "CHANNEL", "LEAD", "CAMPAIGN", "OUTCOME",
               "DECISION", "VIOLATIONS"});
  for (const v1::JudgedContact& contact : contacts) {
    table.AddRow({TimeText(contact.contact_time()), contact.contact_id(), contact.contact_point(),
                  EnumWord(ChannelNames(), contact.channel()), ShortName(contact.lead()),
                  contact.campaign(), contact.outcome(), ShortName(contact.decision()),
                  ViolationWords(contact)});
  }
  table.Print(session.out());
}

void PrintSentences(Session& session, const v1::JudgedContact& contact) {
  if (!contact.decision_mismatch().empty()) {
    session.err() << "dncctl: " << contact.decision_mismatch() << '\n';
  }
  for (const v1::ContactViolation& violation : contact.violations()) {
    session.err() << "dncctl: " << violation.message() << '\n';
  }
}

std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

// One line a violation.
void PrintCsv(Session& session,
              const google::protobuf::RepeatedPtrField<v1::JudgedContact>& contacts) {
  session.out() << "contact_time,contact_id,contact_point,channel,lead,campaign,brand,outcome,"
                   "external_id,reporter,kind,uncertain,since,decision,entry,message\n";
  for (const v1::JudgedContact& contact : contacts) {
    for (const v1::ContactViolation& violation : contact.violations()) {
      const std::string cells[] = {TimeText(contact.contact_time()),
                                   contact.contact_id(),
                                   contact.contact_point(),
                                   EnumWord(ChannelNames(), contact.channel()),
                                   ShortName(contact.lead()),
                                   contact.campaign(),
                                   contact.brand(),
                                   contact.outcome(),
                                   contact.external_id(),
                                   contact.reporter(),
                                   EnumWord(ContactViolationKindNames(), violation.kind()),
                                   violation.uncertain() ? "true" : "false",
                                   violation.has_since() ? TimeText(violation.since()) : "",
                                   ShortName(violation.decision()),
                                   ShortName(violation.entry()),
                                   violation.message()};
      session.out() << absl::StrJoin(cells, ",", [](std::string* out, const std::string& cell) {
        absl::StrAppend(out, CsvCell(cell));
      }) << '\n';
    }
  }
}

struct ReportOptions {
  v1::ReportedContact contact;
  ContactOptions point;
  std::string lead;
  int channel = v1::CHANNEL_UNSPECIFIED;
  int message_class = v1::MESSAGE_CLASS_UNSPECIFIED;
  absl::Time time = absl::InfinitePast();
  absl::Duration max_check_age = absl::ZeroDuration();
};

absl::StatusOr<int> Report(Session& session, const ReportOptions& options) {
  v1::ReportContactRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_organization(), session.names().Organization());
  v1::ReportedContact* contact = request.mutable_contact();
  *contact = options.contact;
  if (options.point.given()) *contact->mutable_contact_point() = options.point.ToProto();
  contact->set_channel(static_cast<v1::Channel>(options.channel));
  contact->set_message_class(static_cast<v1::MessageClass>(options.message_class));
  if (!options.lead.empty()) {
    DNC_ASSIGN_OR_RETURN(*contact->mutable_lead(), session.names().Lead(options.lead));
  }
  *contact->mutable_contact_time() =
      ToProtoTime(options.time == absl::InfinitePast() ? absl::Now() : options.time);
  if (options.max_check_age != absl::ZeroDuration()) {
    *request.mutable_max_check_age() = ToProtoDuration(options.max_check_age);
  }
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintAnswer(session, response, [&] {
    PrintContacts(session, std::vector<v1::JudgedContact>{response.contact()});
    PrintSentences(session, response.contact());
  });
}

struct ContactsListOptions {
  ContactOptions contact;
  std::string lead;
  std::string campaign;
  int channel = v1::CHANNEL_UNSPECIFIED;
  int kind = v1::CONTACT_VIOLATION_KIND_UNSPECIFIED;
  bool certain = false;
  bool csv = false;
  absl::Time since = absl::InfinitePast();
  absl::Time before = absl::InfinitePast();
  int64_t limit = kDefaultLimit;
};

absl::Status FillFilter(const Session& session, const ContactsListOptions& options,
                        v1::ContactFilter* filter) {
  filter->set_channel(static_cast<v1::Channel>(options.channel));
  filter->set_campaign(options.campaign);
  if (!options.lead.empty()) {
    DNC_ASSIGN_OR_RETURN(*filter->mutable_lead(), session.names().Lead(options.lead));
  }
  if (options.contact.given()) *filter->mutable_contact_point() = options.contact.ToProto();
  if (options.since != absl::InfinitePast()) {
    *filter->mutable_period()->mutable_start_time() = ToProtoTime(options.since);
  }
  if (options.before != absl::InfinitePast()) {
    *filter->mutable_period()->mutable_end_time() = ToProtoTime(options.before);
  }
  return absl::OkStatus();
}

template <typename Response, typename Request>
absl::StatusOr<int> PrintSome(Session& session, const ContactsListOptions& options,
                              Request request) {
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  DNC_RETURN_IF_ERROR(FillFilter(session, options, request.mutable_filter()));
  const auto print = [&](const Response& all) {
    options.csv ? PrintCsv(session, all.contacts()) : PrintContacts(session, all.contacts());
  };
  return PrintAll(session, request, options.limit, &Response::contacts_size, print);
}

absl::StatusOr<int> List(Session& session, const ContactsListOptions& options) {
  return PrintSome<v1::ListContactsResponse>(session, options, v1::ListContactsRequest());
}

absl::StatusOr<int> Violations(Session& session, const ContactsListOptions& options) {
  v1::ListContactViolationsRequest request;
  request.set_kind(static_cast<v1::ContactViolationKind>(options.kind));
  request.set_certain_only(options.certain);
  return PrintSome<v1::ListContactViolationsResponse>(session, options, std::move(request));
}

void AddFilter(CLI::App& command, ContactsListOptions& options) {
  AddContact(command, options.contact);
  command.add_option("--lead", options.lead, "Only with this lead")->type_name("ID");
  command.add_option("--campaign", options.campaign, "Only of this campaign");
  AddEnum(command, "--channel", options.channel, ChannelNames(), "Only on this channel");
  AddTime(command, "--since", options.since, "Only those made at or after this time");
  AddTime(command, "--before", options.before, "Only those made before this time");
  AddLimit(command, options.limit);
}

void AddReport(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command = AddCommand(
      group, "report", "Report one contact that was made, and see how it is judged",
      "dncctl contacts report call-17 --phone +12125550123 --channel voice\n"
      "dncctl contacts report msg-9 --phone +12125550123 --channel sms --time \\\n"
      "  2026-01-31T12:00:00Z --decision 00064f5e9a3c4b2d1f2e3d4c00000007 --outcome delivered");
  const auto text = [command, options](const char* flag, const char* what,
                                       std::string* (v1::ReportedContact::*field)()) {
    return command->add_option_function<std::string>(
        flag, [options, field](const std::string& value) { *(options->contact.*field)() = value; },
        what);
  };
  text("CONTACT", "Your own id of it; a repeat with the same --time and values changes nothing",
       &v1::ReportedContact::mutable_contact_id)
      ->required();
  AddContact(*command, options->point);
  AddEnum(*command, "--channel", options->channel, ChannelNames(), "How")->required();
  AddEnum(*command, "--class", options->message_class, MessageClassNames(),
          "What for; marketing if not given");
  command->add_option("--lead", options->lead, "The lead's id")->type_name("ID");
  AddTime(*command, "--time", options->time,
          "When; now if not given. Give it where you may have to repeat the command");
  text("--campaign", "The campaign", &v1::ReportedContact::mutable_campaign);
  text("--brand", "The brand", &v1::ReportedContact::mutable_brand);
  text("--decision", "The decision_id of the check that permitted it",
       &v1::ReportedContact::mutable_decision_id);
  text("--outcome", "What came of it", &v1::ReportedContact::mutable_outcome);
  text("--external-id", "A further name of it in your system",
       &v1::ReportedContact::mutable_external_id);
  AddDuration(*command, "--max-check-age", options->max_check_age,
              "How long before it the check may lie, 24h if not given");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Report(s, *options); }; });
}

void AddListContacts(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<ContactsListOptions>();
  CLI::App* command = AddCommand(group, "list", "List reported contacts, newest first",
                                 "dncctl contacts list --lead 42\n"
                                 "dncctl -o json contacts list --since 2026-01-31 --limit 0");
  AddFilter(*command, *options);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return List(s, *options); }; });
}

void AddViolations(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<ContactsListOptions>();
  CLI::App* command =
      AddCommand(group, "violations", "List contacts that should not have been made, newest first",
                 "dncctl contacts violations --since 2026-01-01\n"
                 "dncctl contacts violations --kind after-opt-out --certain\n"
                 "dncctl contacts violations --csv --limit 0 > violations.csv\n\n"
                 "A ? marks what is uncertain: a check may have been made that is not on record.");
  AddFilter(*command, *options);
  AddEnum(*command, "--kind", options->kind, ContactViolationKindNames(), "Only of this kind");
  command->add_flag("--certain", options->certain, "Leave out what is uncertain");
  command->add_flag("--csv", options->csv, "Print CSV, one line a violation");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Violations(s, *options); }; });
}

}  // namespace

void AddContactsCommands(CLI::App& app, Command& chosen) {
  CLI::App* group =
      AddGroup(app, "contacts", "Contacts that were made, and which should not have been",
               "dncctl contacts import calls.csv --channel voice\n"
               "dncctl contacts violations --since 2026-01-01");
  AddReport(*group, chosen);
  AddContactsImportCommand(*group, chosen);
  AddViolations(*group, chosen);
  AddListContacts(*group, chosen);
}

}  // namespace dnc::cli
