#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

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

template <typename Leads>
void PrintLeads(Session& session, const Leads& leads) {
  Table table({"LEAD", "NAME", "TYPE", "STATUS", "DO NOT CONTACT", "NURTURE UNTIL", "CONTACTS"});
  for (const v1::Lead& lead : leads) {
    table.AddRow({ShortName(lead.name()), lead.display_name(), lead.record_type(),
                  ShortName(lead.status()), lead.do_not_contact() ? "yes" : "no",
                  TimeText(lead.nurture_until()), ContactTexts(lead.contact_points())});
  }
  table.Print(session.out());
}

void PrintLead(Session& session, const v1::Lead& lead) {
  PrintLeads(session, std::vector<v1::Lead>{lead});
}

struct UpsertOptions {
  std::string id;
  std::string display_name;
  std::string record_type;
  std::string status;
  std::string etag;
  ContactsOptions contacts;
  bool allow_lifting_restriction = false;
  WriteOptions write;
};

absl::StatusOr<int> Upsert(Session& session, const UpsertOptions& options) {
  v1::UpsertLeadRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  request.set_allow_lifting_restriction(options.allow_lifting_restriction);
  v1::Lead* lead = request.mutable_lead();
  DNC_ASSIGN_OR_RETURN(*lead->mutable_name(), session.names().Lead(options.id));
  lead->set_display_name(options.display_name);
  lead->set_record_type(options.record_type);
  lead->set_etag(options.etag);
  if (!options.status.empty()) {
    DNC_ASSIGN_OR_RETURN(*lead->mutable_status(), session.names().Status(options.status));
  }
  for (v1::ContactPoint& point : options.contacts.ToProto()) {
    *lead->add_contact_points() = std::move(point);
  }
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response, [&] { PrintLead(session, response.lead()); });
}

absl::StatusOr<int> GetLead(Session& session, const std::string& id) {
  DNC_ASSIGN_OR_RETURN(const auto response,
                       ReadNamed<v1::GetLeadRequest>(session, session.names().Lead(id)));
  return PrintAnswer(session, response, [&] { PrintLead(session, response.lead()); });
}

struct LeadsListOptions {
  std::string status;
  ContactOptions contact;
  bool show_deleted = false;
  int64_t limit = kDefaultLimit;
};

absl::StatusOr<int> List(Session& session, const LeadsListOptions& options) {
  v1::ListLeadsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  if (!options.status.empty()) {
    DNC_ASSIGN_OR_RETURN(*request.mutable_status(), session.names().Status(options.status));
  }
  if (options.contact.given()) *request.mutable_contact_point() = options.contact.ToProto();
  request.set_show_deleted(options.show_deleted);
  return PrintAll(session, request, options.limit, &v1::ListLeadsResponse::leads_size,
                  [&](const auto& all) { PrintLeads(session, all.leads()); });
}

void AddUpsert(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<UpsertOptions>();
  CLI::App* command = AddCommand(group, "upsert", "Create a lead, or change what is given of it",
                                 "dncctl leads upsert 42 --record-type contact --status sales/new "
                                 "--phone +12125550123\n"
                                 "dncctl leads upsert 42 --email jane@example.com");
  command->add_option("ID", options->id, "The lead's id")->required();
  command->add_option("--display-name", options->display_name, "For people");
  command->add_option("--record-type", options->record_type, "Required for a new lead");
  command->add_option("--status", options->status, "Required for a new lead")
      ->type_name("WORKFLOW/STATUS");
  AddContacts(*command, options->contacts);
  command->add_flag("--allow-lifting-restriction", options->allow_lifting_restriction,
                    "Permit a move to a status that restricts contact less than the lead's own");
  command->add_option("--etag", options->etag, "Refuse where the lead changed since it was read");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Upsert(s, *options); }; });
}

void AddListLeads(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<LeadsListOptions>();
  CLI::App* command = AddCommand(group, "list", "List leads by id",
                                 "dncctl leads list --status sales/new\n"
                                 "dncctl leads list --phone +12125550123");
  command->add_option("--status", options->status, "Only leads in this status")
      ->type_name("WORKFLOW/STATUS");
  AddContact(*command, options->contact);
  command->add_flag("--show-deleted", options->show_deleted, "Deleted ones too; not with --status");
  AddLimit(*command, options->limit);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return List(s, *options); }; });
}

}  // namespace

void AddLeadsCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "leads", "Leads: the persons and companies being pursued",
                             "dncctl leads import leads.csv\n"
                             "dncctl leads list --phone +12125550123");
  AddUpsert(*group, chosen);
  AddLeadsImportCommand(*group, chosen);
  AddLeadsEndCommands(*group, chosen);
  AddListLeads(*group, chosen);
  auto id = std::make_shared<std::string>();
  CLI::App* get = AddCommand(*group, "get", "Show one lead", "dncctl leads get 42");
  get->add_option("ID", *id, "The lead's id")->required();
  get->callback([&chosen, id] { chosen = [id](Session& s) { return GetLead(s, *id); }; });
}

}  // namespace dnc::cli
