#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/opt_out_text.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

const EnumNames& MediumNames() {
  static const auto& names = *new EnumNames{{"sms", v1::REPLY_MEDIUM_SMS},
                                            {"rcs", v1::REPLY_MEDIUM_RCS},
                                            {"messaging", v1::REPLY_MEDIUM_MESSAGING}};
  return names;
}

const EnumNames& MeaningNames() {
  static const auto& names = *new EnumNames{{"stop", v1::KEYWORD_MEANING_STOP},
                                            {"start", v1::KEYWORD_MEANING_START},
                                            {"help", v1::KEYWORD_MEANING_HELP}};
  return names;
}

// What --one-click stands for: the caller has seen the POST.
constexpr char kOneClickBody[] = "List-Unsubscribe=One-Click";

struct RecordOptions {
  ContactOptions contact;
  std::string lead;
  absl::Time received = absl::InfinitePast();
  std::string text;
  int medium = v1::REPLY_MEDIUM_SMS;
  std::string language;
  bool one_click = false;
  std::string call_by;
  std::string recording;
  std::string letter;
  std::string mail_subject;
  std::string mail_text;
  std::string message_id;
  int replied_class = v1::MESSAGE_CLASS_UNSPECIFIED;
  std::string brand;
  std::string campaign;
  std::vector<int> channels;
  std::vector<int> classes;
  std::string evidence;
  WriteOptions write;

  bool mail() const { return !mail_subject.empty() || !mail_text.empty(); }
  int ways() const {
    return (text.empty() ? 0 : 1) + (one_click ? 1 : 0) + (call_by.empty() ? 0 : 1) +
           (letter.empty() ? 0 : 1) + (mail() ? 1 : 0);
  }
};

// Nobody's opt-out is refused for the bytes that it came in.
std::string SendableText(Session& session, const std::string& received) {
  if (IsUtf8(received)) return received;
  session.err() << "dncctl: the text is not UTF-8; each byte that is none is recorded as U+FFFD\n";
  return WithReplacements(received);
}

absl::Status FillWay(Session& session, const RecordOptions& options, v1::OptOut* opt_out) {
  if (options.ways() != 1) {
    return absl::InvalidArgumentError(
        "say how it arrived, in one way: --text, --one-click, --call-by, --letter, or "
        "--mail-subject with --mail-text");
  }
  if (!options.text.empty()) {
    v1::KeywordReply* reply = opt_out->mutable_keyword_reply();
    reply->set_text(SendableText(session, options.text));
    reply->set_medium(static_cast<v1::ReplyMedium>(options.medium));
    reply->set_language(options.language);
  } else if (options.one_click) {
    opt_out->mutable_one_click()->set_post_body(kOneClickBody);
  } else if (!options.call_by.empty()) {
    opt_out->mutable_phone_call()->set_agent(options.call_by);
    opt_out->mutable_phone_call()->set_recording(options.recording);
  } else if (!options.letter.empty()) {
    opt_out->mutable_letter()->set_reference(options.letter);
  } else {
    v1::EmailReply* reply = opt_out->mutable_email_reply();
    reply->set_subject(SendableText(session, options.mail_subject));
    reply->set_text(SendableText(session, options.mail_text));
    reply->set_language(options.language);
  }
  return absl::OkStatus();
}

absl::Status FillOptOut(Session& session, const RecordOptions& options, v1::OptOut* opt_out) {
  DNC_RETURN_IF_ERROR(FillWay(session, options, opt_out));
  if (options.contact.given()) *opt_out->mutable_contact_point() = options.contact.ToProto();
  if (!options.lead.empty()) {
    DNC_ASSIGN_OR_RETURN(*opt_out->mutable_lead(), session.names().Lead(options.lead));
  }
  *opt_out->mutable_received_time() =
      ToProtoTime(options.received == absl::InfinitePast() ? absl::Now() : options.received);
  opt_out->set_message_id(options.message_id);
  opt_out->set_replied_class(static_cast<v1::MessageClass>(options.replied_class));
  opt_out->set_brand(options.brand);
  opt_out->set_campaign(options.campaign);
  for (const int channel : options.channels) {
    opt_out->add_channels(static_cast<v1::Channel>(channel));
  }
  for (const int message_class : options.classes) {
    opt_out->add_message_classes(static_cast<v1::MessageClass>(message_class));
  }
  opt_out->set_evidence(options.evidence);
  return absl::OkStatus();
}

absl::StatusOr<int> Record(Session& session, const RecordOptions& options) {
  v1::RecordOptOutRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  DNC_RETURN_IF_ERROR(FillOptOut(session, options, request.mutable_opt_out()));
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (response.repeated_message()) {
    session.err() << "dncctl: that message was recorded before; this is what it did then\n";
  }
  return PrintAnswer(session, response, [&] {
    PrintOptOuts(session, std::vector<v1::OptOut>{response.opt_out()});
    if (!response.opt_out().late()) return;
    session.err() << "dncctl: it took effect after its deadline of "
                  << TimeText(response.opt_out().deadline()) << " ("
                  << response.opt_out().deadline_rule() << ")\n";
  });
}

struct OptoutsListOptions {
  bool late = false;
  int outcome = v1::OPT_OUT_OUTCOME_UNSPECIFIED;
  absl::Time since = absl::InfinitePast();
  absl::Time before = absl::InfinitePast();
  int64_t limit = kDefaultLimit;
};

absl::StatusOr<int> List(Session& session, const OptoutsListOptions& options) {
  v1::ListOptOutsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  request.set_late_only(options.late);
  request.set_outcome(static_cast<v1::OptOutOutcome>(options.outcome));
  if (options.since != absl::InfinitePast()) {
    *request.mutable_record_period()->mutable_start_time() = ToProtoTime(options.since);
  }
  if (options.before != absl::InfinitePast()) {
    *request.mutable_record_period()->mutable_end_time() = ToProtoTime(options.before);
  }
  return PrintAll(session, request, options.limit, &v1::ListOptOutsResponse::opt_outs_size,
                  [&](const auto& all) { PrintOptOuts(session, all.opt_outs()); });
}

void PrintKeywords(Session& session, const v1::ListOptOutKeywordsResponse& response) {
  Table table({"KEYWORD", "MEANS", "LANGUAGE", "ONLY THERE", "SOURCE"});
  for (const v1::OptOutKeyword& keyword : response.keywords()) {
    table.AddRow({keyword.text(), EnumWord(MeaningNames(), keyword.meaning()), keyword.language(),
                  keyword.language_required() ? "yes" : "", keyword.source()});
  }
  table.Print(session.out());
}

absl::StatusOr<int> Keywords(Session& session) {
  v1::ListOptOutKeywordsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintAnswer(session, response, [&] { PrintKeywords(session, response); });
}

void AddRecord(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<RecordOptions>();
  CLI::App* command = AddCommand(
      group, "record", "Record what a person sent or said",
      "dncctl optouts record --phone +12125550123 --text \"please stop\" --class marketing\n"
      "dncctl optouts record --email jane@example.com --one-click --message-id 77af\n"
      "dncctl optouts record --phone +12125550123 --call-by users/kim --recording tape-4\n"
      "dncctl optouts record --lead 42 --letter \"folder 9\" --received 2026-01-12\n"
      "dncctl optouts record --email jane@example.com --mail-subject \"Re: unsubscribe\"");
  AddContact(*command, options->contact);
  command->add_option("--lead", options->lead, "The lead's id")->type_name("ID");
  AddTime(*command, "--received", options->received,
          "When the person sent or said it; now if not given");
  AddReceivedText(*command, "--text", options->text, "A text reply, as it was received");
  AddEnum(*command, "--medium", options->medium, MediumNames(), "On what; sms if not given");
  command->add_option("--language", options->language, "The reply's language, e.g. fr")
      ->type_name("CODE");
  command->add_flag("--one-click", options->one_click,
                    "A POST with List-Unsubscribe=One-Click (RFC 8058)");
  command->add_option("--call-by", options->call_by, "A phone call: who took it");
  command->add_option("--recording", options->recording, "Where its recording is");
  command->add_option("--letter", options->letter, "A letter: where it is kept");
  AddReceivedText(*command, "--mail-subject", options->mail_subject, "An e-mail reply's subject");
  AddReceivedText(*command, "--mail-text", options->mail_text, "Its text, without quotes");
  command->add_option("--message-id", options->message_id,
                      "The platform's id of the message; a repeat answers the first result");
  AddEnum(*command, "--class", options->replied_class, MessageClassNames(),
          "What the message was that was replied to");
  command->add_option("--brand", options->brand, "The brand that it was about");
  command->add_option("--campaign", options->campaign, "The campaign that it was about");
  AddEnums(*command, "--channel", options->channels, ChannelNames(),
           "Calls and letters: only these, if the person named some");
  AddEnums(*command, "--block-class", options->classes, MessageClassNames(),
           "Calls and letters: only these, if the person named some");
  command->add_option("--evidence", options->evidence, "What proves it");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Record(s, *options); }; });
}

void AddListOptOuts(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<OptoutsListOptions>();
  CLI::App* command = AddCommand(group, "list", "List opt-outs in the order of their arrival",
                                 "dncctl optouts list --late\n"
                                 "dncctl -o json optouts list --since 2026-01-01 --limit 0");
  command->add_flag("--late", options->late, "Only those that took effect after their deadline");
  AddEnum(*command, "--outcome", options->outcome, OptOutOutcomeNames(), "Only this outcome");
  AddTime(*command, "--since", options->since, "Only those recorded at or after this time");
  AddTime(*command, "--before", options->before, "Only those recorded before this time");
  AddLimit(*command, options->limit);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return List(s, *options); }; });
}

}  // namespace

void AddOptOutsCommands(CLI::App& app, Command& chosen) {
  CLI::App* group =
      AddGroup(app, "optouts", "Opt-outs as they arrive: replies, unsubscribes, calls, letters",
               "dncctl optouts record --phone +12125550123 --text STOP\n"
               "dncctl optouts keywords");
  AddRecord(*group, chosen);
  AddListOptOuts(*group, chosen);
  CLI::App* keywords =
      AddCommand(*group, "keywords", "List the words that count", "dncctl optouts keywords");
  keywords->callback([&chosen] { chosen = [](Session& s) { return Keywords(s); }; });
  AddOptOutsPolicyCommand(*group, chosen);
}

}  // namespace dnc::cli
