#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/contact_text.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

std::string Channels(const v1::Entry& entry) {
  if (entry.channels().empty()) return "all";
  return absl::StrJoin(entry.channels(), ",", [](std::string* out, int channel) {
    absl::StrAppend(out, EnumWord(ChannelNames(), channel));
  });
}

std::string Subject(const v1::Entry& entry) {
  return entry.has_contact_point() ? ContactText(entry.contact_point())
                                   : absl::StrCat("lead ", ShortName(entry.lead()));
}

template <typename Entries>
void PrintEntries(Session& session, const Entries& entries) {
  Table table({"ENTRY", "LIST", "SUBJECT", "CHANNELS", "REASON", "SINCE", "UNTIL", "REVOKED"});
  for (const v1::Entry& entry : entries) {
    table.AddRow({ShortName(entry.name()), ShortName(entry.list()), Subject(entry), Channels(entry),
                  entry.reason(), TimeText(entry.effective_time()), TimeText(entry.expire_time()),
                  TimeText(entry.revoke_time())});
  }
  table.Print(session.out());
}

void PrintEntry(Session& session, const v1::Entry& entry) {
  PrintEntries(session, std::vector<v1::Entry>{entry});
}

struct AddOptions {
  ContactOptions contact;
  std::string lead;
  std::string list;
  std::string reason;
  std::string evidence;
  std::vector<int> channels;
  std::vector<int> classes;
  absl::Time effective = absl::InfinitePast();
  absl::Time expires = absl::InfinitePast();
  WriteOptions write;
};

absl::Status FillSubject(const Session& session, const AddOptions& options, v1::Entry* entry) {
  if (options.contact.given() == !options.lead.empty()) {
    return absl::InvalidArgumentError(
        "an entry has one subject: give --phone, --email, --other or --lead");
  }
  if (options.contact.given()) {
    *entry->mutable_contact_point() = options.contact.ToProto();
    return absl::OkStatus();
  }
  DNC_ASSIGN_OR_RETURN(*entry->mutable_lead(), session.names().Lead(options.lead));
  return absl::OkStatus();
}

absl::StatusOr<int> Add(Session& session, const AddOptions& options) {
  v1::AddEntryRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  v1::Entry* entry = request.mutable_entry();
  DNC_RETURN_IF_ERROR(FillSubject(session, options, entry));
  if (!options.list.empty()) {
    DNC_ASSIGN_OR_RETURN(*entry->mutable_list(), session.names().List(options.list));
  }
  entry->set_reason(options.reason);
  entry->set_evidence(options.evidence);
  for (const int channel : options.channels) {
    entry->add_channels(static_cast<v1::Channel>(channel));
  }
  for (const int message_class : options.classes) {
    entry->add_message_classes(static_cast<v1::MessageClass>(message_class));
  }
  if (options.effective != absl::InfinitePast()) {
    *entry->mutable_effective_time() = ToProtoTime(options.effective);
  }
  if (options.expires != absl::InfinitePast()) {
    *entry->mutable_expire_time() = ToProtoTime(options.expires);
  }
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (!response.created()) {
    session.err() << "dncctl: an entry that blocks at least as much was there already\n";
  }
  return PrintWrite(session, response, [&] { PrintEntry(session, response.entry()); });
}

struct EntriesListOptions {
  std::string list;
  std::string lead;
  ContactOptions contact;
  int channel = v1::CHANNEL_UNSPECIFIED;
  bool active = false;
  absl::Time since = absl::InfinitePast();
  absl::Time before = absl::InfinitePast();
  int64_t limit = kDefaultLimit;
};

absl::StatusOr<v1::ListEntriesRequest> ListRequest(const Session& session,
                                                   const EntriesListOptions& options) {
  v1::ListEntriesRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  if (!options.list.empty()) {
    DNC_ASSIGN_OR_RETURN(*request.mutable_list(), session.names().List(options.list));
  }
  if (!options.lead.empty()) {
    DNC_ASSIGN_OR_RETURN(*request.mutable_lead(), session.names().Lead(options.lead));
  }
  if (options.contact.given()) *request.mutable_contact_point() = options.contact.ToProto();
  request.set_channel(static_cast<v1::Channel>(options.channel));
  request.set_active_only(options.active);
  if (options.since != absl::InfinitePast()) {
    *request.mutable_create_period()->mutable_start_time() = ToProtoTime(options.since);
  }
  if (options.before != absl::InfinitePast()) {
    *request.mutable_create_period()->mutable_end_time() = ToProtoTime(options.before);
  }
  return request;
}

absl::StatusOr<int> List(Session& session, const EntriesListOptions& options) {
  DNC_ASSIGN_OR_RETURN(const auto request, ListRequest(session, options));
  return PrintAll(session, request, options.limit, &v1::ListEntriesResponse::entries_size,
                  [&](const auto& all) { PrintEntries(session, all.entries()); });
}

absl::StatusOr<int> GetEntry(Session& session, const std::string& id) {
  DNC_ASSIGN_OR_RETURN(const auto response,
                       ReadNamed<v1::GetEntryRequest>(session, session.names().Entry(id)));
  return PrintAnswer(session, response, [&] { PrintEntry(session, response.entry()); });
}

struct RevokeOptions {
  std::string id;
  std::string evidence;
  std::string etag;
  absl::Time consent = absl::InfinitePast();
  WriteOptions write;
};

absl::StatusOr<int> Revoke(Session& session, const RevokeOptions& options) {
  v1::RevokeEntryRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_name(), session.names().Entry(options.id));
  request.set_evidence(options.evidence);
  request.set_etag(options.etag);
  if (options.consent != absl::InfinitePast()) {
    *request.mutable_consent_time() = ToProtoTime(options.consent);
  }
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response, [&] {
    v1::Entry entry = response.entry();
    if (options.write.dry_run) entry.clear_revoke_time();  // as it is, and stays
    PrintEntry(session, entry);
  });
}

void AddAdd(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<AddOptions>();
  CLI::App* command =
      AddCommand(group, "add", "Put a person or address on a list of kind internal",
                 "dncctl entries add --phone +12125550123 --reason \"asked on the phone\"\n"
                 "dncctl entries add --lead 42 --reason complaint --channel voice,sms\n"
                 "dncctl entries add --email jane@example.com --reason pause --expires 90d");
  AddContact(*command, options->contact);
  command->add_option("--lead", options->lead, "The lead's id")->type_name("ID");
  command->add_option("--reason", options->reason, "Why")->required();
  command->add_option("--list", options->list, "The list's id; internal if not given");
  AddEnums(*command, "--channel", options->channels, ChannelNames(),
           "Block only these; all if not given");
  AddEnums(*command, "--class", options->classes, MessageClassNames(),
           "Block only these; all but emergency if not given");
  AddTime(*command, "--effective", options->effective, "From when on; now if not given");
  AddTime(*command, "--expires", options->expires, "Until when; for good if not given");
  command->add_option("--evidence", options->evidence, "What proves it");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Add(s, *options); }; });
}

void AddListEntries(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<EntriesListOptions>();
  CLI::App* command = AddCommand(group, "list", "List entries in the order of their creation",
                                 "dncctl entries list --active\n"
                                 "dncctl entries list --phone +12125550123\n"
                                 "dncctl -o json entries list --list internal --limit 0");
  command->add_option("--list", options->list, "Only this list's");
  command->add_option("--lead", options->lead, "Only this lead's")->type_name("ID");
  AddContact(*command, options->contact);
  AddEnum(*command, "--channel", options->channel, ChannelNames(), "Only those that block this");
  command->add_flag("--active", options->active, "Leave out revoked and expired ones");
  AddTime(*command, "--since", options->since, "Only those added at or after this time");
  AddTime(*command, "--before", options->before, "Only those added before this time");
  AddLimit(*command, options->limit);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return List(s, *options); }; });
}

void AddRevoke(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<RevokeOptions>();
  CLI::App* command =
      AddCommand(group, "revoke", "End an entry, with the evidence of renewed consent",
                 "dncctl entries revoke 12-0 --evidence \"signed form 2026-01-31, page 2\"");
  command->add_option("ENTRY", options->id, "Its id")->required();
  command->add_option("--evidence", options->evidence, "What proves the renewed consent")
      ->required();
  AddTime(*command, "--consent-time", options->consent,
          "When it was given; refused unless the last opt-out is older");
  command->add_option("--etag", options->etag, "Refuse where an opt-out came since it was read");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Revoke(s, *options); }; });
}

}  // namespace

void AddEntriesCommands(CLI::App& app, Command& chosen) {
  CLI::App* group =
      AddGroup(app, "entries", "Opt-outs: who is on a Do-Not-Contact list, and why",
               "dncctl entries add --phone +12125550123 --reason \"asked on the phone\"\n"
               "dncctl entries list --active");
  AddAdd(*group, chosen);
  AddListEntries(*group, chosen);
  AddRevoke(*group, chosen);
  auto id = std::make_shared<std::string>();
  CLI::App* get = AddCommand(*group, "get", "Show one entry", "dncctl -o json entries get 12-0");
  get->add_option("ENTRY", *id, "Its id")->required();
  get->callback([&chosen, id] { chosen = [id](Session& s) { return GetEntry(s, *id); }; });
}

}  // namespace dnc::cli
