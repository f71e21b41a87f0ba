#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/progress.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

std::string Size(const v1::DncList& list) {
  return Grouped(list.kind() == v1::LIST_KIND_REGISTRY ? list.active_version().count()
                                                       : list.entry_count());
}

std::string Scope(const v1::DncList& list) {
  std::string scope;
  if (!list.brand().empty()) absl::StrAppend(&scope, "brand ", list.brand());
  if (list.campaign().empty()) return scope;
  absl::StrAppend(&scope, scope.empty() ? "" : ", ", "campaign ", list.campaign());
  return scope;
}

// "voice, sms; marketing": what a registry blocks, where it leaves it to the default too; of
// another list each entry says it.
std::string Blocks(const v1::DncList& list) {
  if (list.kind() != v1::LIST_KIND_REGISTRY) return "";
  std::vector<int> channels(list.channels().begin(), list.channels().end());
  if (channels.empty()) channels = {v1::CHANNEL_VOICE, v1::CHANNEL_SMS, v1::CHANNEL_FAX};
  std::vector<int> classes(list.message_classes().begin(), list.message_classes().end());
  if (classes.empty()) classes = {v1::MESSAGE_CLASS_MARKETING};
  return absl::StrCat(EnumWords(ChannelNames(), channels), "; ",
                      EnumWords(MessageClassNames(), classes));
}

std::string VersionText(const v1::DncList& list) {
  if (!list.has_active_version()) return "";
  return absl::StrCat(list.active_version().version(),
                      list.problem().empty() ? "" : " (not served: cannot be read)");
}

template <typename Lists>
void PrintLists(Session& session, const Lists& lists) {
  Table table(
      {"LIST", "KIND", "NAME", "SCOPE", "BLOCKS", "SIZE", "VERSION", "AS OF", "MAX AGE", "DIGEST"});
  for (const v1::DncList& list : lists) {
    const v1::ListVersion& version = list.active_version();
    table.AddRow({ShortName(list.name()), EnumWord(ListKindNames(), list.kind()),
                  list.display_name(), Scope(list), Blocks(list), Size(list), VersionText(list),
                  AsOfText(version), list.has_max_age() ? DurationText(list.max_age()) : "",
                  version.digest().substr(0, 12)});
  }
  table.Print(session.out());
}

void PrintList(Session& session, const v1::DncList& list) {
  PrintLists(session, std::vector<v1::DncList>{list});
}

struct CreateOptions {
  std::string id;
  std::string display_name;
  int kind = v1::LIST_KIND_UNSPECIFIED;
  std::string brand;
  std::string campaign;
  std::vector<int> channels;
  std::vector<int> classes;
  absl::Duration max_age;
  WriteOptions write;
};

absl::StatusOr<int> Create(Session& session, const CreateOptions& options) {
  v1::CreateListRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  request.set_list_id(options.id);
  v1::DncList* list = request.mutable_list();
  list->set_display_name(options.display_name);
  list->set_kind(static_cast<v1::ListKind>(options.kind));
  list->set_brand(options.brand);
  list->set_campaign(options.campaign);
  for (const int channel : options.channels) list->add_channels(static_cast<v1::Channel>(channel));
  for (const int message_class : options.classes) {
    list->add_message_classes(static_cast<v1::MessageClass>(message_class));
  }
  if (options.max_age > absl::ZeroDuration()) {
    *list->mutable_max_age() = ToProtoDuration(options.max_age);
  }
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response, [&] { PrintList(session, response.list()); });
}

struct UpdateOptions {
  std::string id;
  std::string display_name;
  std::vector<int> channels;
  std::vector<int> classes;
  absl::Duration max_age;
  std::string etag;
  bool allow_weakening = false;
  WriteOptions write;
};

absl::StatusOr<int> Update(Session& session, const UpdateOptions& options) {
  v1::UpdateListRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  v1::DncList* list = request.mutable_list();
  DNC_ASSIGN_OR_RETURN(*list->mutable_name(), session.names().List(options.id));
  list->set_display_name(options.display_name);
  for (const int channel : options.channels) list->add_channels(static_cast<v1::Channel>(channel));
  for (const int message_class : options.classes) {
    list->add_message_classes(static_cast<v1::MessageClass>(message_class));
  }
  if (options.max_age > absl::ZeroDuration()) {
    *list->mutable_max_age() = ToProtoDuration(options.max_age);
  }
  list->set_etag(options.etag);
  request.set_allow_weakening(options.allow_weakening);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response, [&] { PrintList(session, response.list()); });
}

void AddUpdateList(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<UpdateOptions>();
  CLI::App* command =
      AddCommand(group, "update", "Change a list; what is not mentioned stays",
                 "dncctl lists update internal --display-name \"Asked us to stop\"\n"
                 "dncctl lists update national --max-age 31d");
  command->add_option("NAME", options->id, "Its id")->required();
  command->add_option("--display-name", options->display_name, "For people");
  AddEnums(*command, "--channel", options->channels, ChannelNames(), "Registry: block these");
  AddEnums(*command, "--class", options->classes, MessageClassNames(), "Registry: block these");
  AddDuration(*command, "--max-age", options->max_age,
              "Registry: the age past which checks answer UNKNOWN, e.g. 31d");
  command->add_option("--etag", options->etag, "Refuse where it changed since it was read");
  command->add_flag("--allow-weakening", options->allow_weakening,
                    "Permit that a registry blocks less than now");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Update(s, *options); }; });
}

absl::StatusOr<int> GetList(Session& session, const std::string& id) {
  DNC_ASSIGN_OR_RETURN(const auto response,
                       ReadNamed<v1::GetListRequest>(session, session.names().List(id)));
  return PrintAnswer(session, response, [&] { PrintList(session, response.list()); });
}

absl::StatusOr<int> ListLists(Session& session, int64_t limit) {
  return PrintAllOfOrganization<v1::ListListsRequest>(
      session, limit, &v1::ListListsResponse::lists_size,
      [&](const auto& all) { PrintLists(session, all.lists()); });
}

void AddCreateList(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<CreateOptions>();
  CLI::App* command = AddCommand(group, "create", "Create a list",
                                 "dncctl lists create partners --kind internal --brand acme-home\n"
                                 "dncctl lists create national --kind registry --max-age 31d");
  command->add_option("NAME", options->id, "Its id")->required();
  AddEnum(*command, "--kind", options->kind, ListKindNames(),
          "internal: the company's own opt-outs; registry: numbers imported as a body")
      ->required();
  command->add_option("--display-name", options->display_name, "For people");
  command->add_option("--brand", options->brand, "Applies to this brand's contacts only");
  command->add_option("--campaign", options->campaign, "Applies to this campaign's contacts only");
  AddEnums(*command, "--channel", options->channels, ChannelNames(),
           "Registry: block these; voice, sms and fax if not given");
  AddEnums(*command, "--class", options->classes, MessageClassNames(),
           "Registry: block these; marketing if not given");
  AddDuration(*command, "--max-age", options->max_age,
              "Registry: the age past which checks answer UNKNOWN, e.g. 31d");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Create(s, *options); }; });
}

}  // namespace

void AddListsCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "lists", "Do-Not-Contact lists and registries",
                             "dncctl lists create national --kind registry --max-age 31d\n"
                             "dncctl lists import national 2026-01-31_full.zip");
  AddCreateList(*group, chosen);
  AddUpdateList(*group, chosen);
  AddListsImportCommand(*group, chosen);

  auto id = std::make_shared<std::string>();
  CLI::App* get = AddCommand(*group, "get", "Show one list", "dncctl lists get national");
  get->add_option("NAME", *id, "Its id")->required();
  get->callback([&chosen, id] { chosen = [id](Session& s) { return GetList(s, *id); }; });

  auto limit = std::make_shared<int64_t>(kDefaultLimit);
  CLI::App* list = AddCommand(*group, "list", "List the lists", "dncctl lists list");
  AddLimit(*list, *limit);
  list->callback(
      [&chosen, limit] { chosen = [limit](Session& s) { return ListLists(s, *limit); }; });
}

}  // namespace dnc::cli
