#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/check_request.h"
#include "client/cli/commands.h"
#include "client/cli/contact_titles.h"
#include "client/cli/exit_code.h"
#include "client/cli/input.h"
#include "client/cli/options.h"
#include "client/cli/progress.h"
#include "client/cli/reject_log.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"
#include "google/protobuf/struct.pb.h"
#include "storage/base/csv_reader.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

constexpr size_t kBatch = 500;

struct ContactsImportOptions {
  std::string file;
  std::string rejects;
  std::string region;
  int channel = v1::CHANNEL_UNSPECIFIED;
  int message_class = v1::MESSAGE_CLASS_UNSPECIFIED;
  absl::Duration max_check_age = absl::ZeroDuration();
};

enum class Column {
  kIgnored,
  kId,
  kPhone,
  kEmail,
  kOther,
  kChannel,
  kClass,
  kLead,
  kTime,
  kCampaign,
  kBrand,
  kDecision,
  kOutcome,
  kExternalId,
};

Column ColumnOf(absl::string_view title) {
  static const auto& columns = *new std::map<std::string, Column>{
      {"contactid", Column::kId},        {"id", Column::kId},
      {"phone", Column::kPhone},         {"phonenumber", Column::kPhone},
      {"email", Column::kEmail},         {"other", Column::kOther},
      {"address", Column::kOther},       {"channel", Column::kChannel},
      {"messageclass", Column::kClass},  {"class", Column::kClass},
      {"lead", Column::kLead},           {"leadid", Column::kLead},
      {"contacttime", Column::kTime},    {"time", Column::kTime},
      {"campaign", Column::kCampaign},   {"brand", Column::kBrand},
      {"decisionid", Column::kDecision}, {"decision", Column::kDecision},
      {"outcome", Column::kOutcome},     {"externalid", Column::kExternalId}};
  const auto found = columns.find(PlainTitle(title));
  return found == columns.end() ? Column::kIgnored : found->second;
}

absl::Status ReadCell(Column column, const std::string& text, const ContactsImportOptions& options,
                      const Names& names, v1::ReportedContact* contact) {
  switch (column) {
    case Column::kId:
      contact->set_contact_id(text);
      break;
    case Column::kPhone:
      *contact->mutable_contact_point() = Phone(text, options.region);
      break;
    case Column::kEmail:
      *contact->mutable_contact_point() = Email(text);
      break;
    case Column::kOther:
      *contact->mutable_contact_point() = OtherAddress(text);
      break;
    case Column::kChannel: {
      DNC_ASSIGN_OR_RETURN(const int channel, ParseEnum(ChannelNames(), text));
      contact->set_channel(static_cast<v1::Channel>(channel));
      break;
    }
    case Column::kClass: {
      DNC_ASSIGN_OR_RETURN(const int message_class, ParseEnum(MessageClassNames(), text));
      contact->set_message_class(static_cast<v1::MessageClass>(message_class));
      break;
    }
    case Column::kLead: {
      DNC_ASSIGN_OR_RETURN(*contact->mutable_lead(), names.Lead(text));
      break;
    }
    case Column::kTime: {
      DNC_ASSIGN_OR_RETURN(const absl::Time time, ParseTimeText(text, absl::Now()));
      *contact->mutable_contact_time() = ToProtoTime(time);
      break;
    }
    case Column::kCampaign:
      contact->set_campaign(text);
      break;
    case Column::kBrand:
      contact->set_brand(text);
      break;
    case Column::kDecision:
      contact->set_decision_id(text);
      break;
    case Column::kOutcome:
      contact->set_outcome(text);
      break;
    case Column::kExternalId:
      contact->set_external_id(text);
      break;
    case Column::kIgnored:
      break;
  }
  return absl::OkStatus();
}

// A contact, and where in the file it stands.
struct Row {
  v1::ReportedContact contact;
  uint64_t line = 0;
};

// Reads rows of the file as they are asked for.
class ContactFile {
 public:
  ContactFile(Session& session, const ContactsImportOptions& options, Input& input,
              RejectLog& rejects)
      : session_(session), options_(options), input_(input), rejects_(rejects) {}

  // Up to a batch; none at the file's end.
  absl::StatusOr<std::vector<Row>> Next() {
    while (ready_.size() < kBatch && !ended_) {
      DNC_ASSIGN_OR_RETURN(const std::string piece, input_.Next());
      ended_ = piece.empty();
      const auto on_row = [this](CsvReader::Fields fields, uint64_t line) {
        return TakeRow(fields, line);
      };
      DNC_RETURN_IF_ERROR(ended_ ? reader_.Finish(on_row) : reader_.Feed(piece, on_row));
    }
    const size_t count = std::min(kBatch, ready_.size());
    std::vector<Row> rows(
        std::make_move_iterator(ready_.begin()),
        std::make_move_iterator(ready_.begin() + static_cast<std::ptrdiff_t>(count)));
    ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(count));
    return rows;
  }

 private:
  absl::Status TakeRow(CsvReader::Fields fields, uint64_t line) {
    if (columns_.empty()) return TakeHeader(fields);
    Row row;
    row.line = line;
    const absl::Status read = ReadRow(fields, &row.contact);
    if (read.ok()) {
      ready_.push_back(std::move(row));
      return absl::OkStatus();
    }
    v1::RejectedRow rejected;
    rejected.set_line(static_cast<int64_t>(line));
    rejected.set_cause("UNREADABLE");
    rejected.set_value(row.contact.contact_id());
    rejected.set_message(std::string(read.message()));
    rejects_.Add(rejected);
    return absl::OkStatus();
  }

  absl::Status TakeHeader(CsvReader::Fields fields) {
    bool has_id = false;
    for (const absl::string_view title : fields) {
      columns_.push_back(ColumnOf(title));
      has_id |= columns_.back() == Column::kId;
    }
    if (has_id) return absl::OkStatus();
    return absl::InvalidArgumentError(
        "the first line names no column \"contact_id\"; it must be a header like "
        "contact_id,phone,channel,contact_time,lead,campaign,decision_id,outcome");
  }

  absl::Status ReadRow(CsvReader::Fields fields, v1::ReportedContact* contact) const {
    if (fields.size() > columns_.size()) {
      return absl::InvalidArgumentError(absl::StrCat(fields.size(), " fields, but the header has ",
                                                     columns_.size(),
                                                     "; quote fields that hold a comma"));
    }
    contact->set_channel(static_cast<v1::Channel>(options_.channel));
    contact->set_message_class(static_cast<v1::MessageClass>(options_.message_class));
    for (size_t i = 0; i < fields.size(); ++i) {
      const std::string text(absl::StripAsciiWhitespace(fields[i]));
      if (text.empty()) continue;
      if (!IsUtf8(text)) {
        return absl::InvalidArgumentError(
            absl::StrCat("field ", i + 1, " is not UTF-8; convert the file, e.g. with iconv"));
      }
      DNC_RETURN_IF_ERROR(ReadCell(columns_[i], text, options_, session_.names(), contact));
    }
    return absl::OkStatus();
  }

  Session& session_;
  const ContactsImportOptions& options_;
  Input& input_;
  RejectLog& rejects_;
  CsvReader reader_;
  std::vector<Column> columns_;
  std::vector<Row> ready_;
  bool ended_ = false;
};

struct Counts {
  int64_t reported = 0;
  int64_t repeated = 0;
  int64_t refused = 0;
  int64_t violating = 0;
  int64_t uncertain = 0;
  int64_t mismatched = 0;  // with a decision_id that is not theirs
};

void CountContact(const v1::ContactReportResult& result, Counts* counts) {
  ++(result.repeated() ? counts->repeated : counts->reported);
  if (!result.contact().decision_mismatch().empty()) ++counts->mismatched;
  bool certain = false;
  for (const v1::ContactViolation& violation : result.contact().violations()) {
    certain |= !violation.uncertain();
  }
  if (result.contact().violations().empty()) return;
  ++(certain ? counts->violating : counts->uncertain);
}

struct SentRow {
  uint64_t line = 0;
  std::string contact_id;
};

// The answer to the rows that were sent last.
void TakeAnswer(const v1::ReportContactsResponse& answer, const std::vector<SentRow>& rows,
                RejectLog& rejects, Counts* counts) {
  for (int i = 0; i < answer.results_size(); ++i) {
    const v1::ContactReportResult& result = answer.results(i);
    if (!result.has_error()) {
      CountContact(result, counts);
      continue;
    }
    v1::RejectedRow rejected;
    const auto at = static_cast<size_t>(i);
    const SentRow row = at < rows.size() ? rows[at] : SentRow();
    rejected.set_line(static_cast<int64_t>(row.line));
    rejected.set_cause(result.error().reason());
    rejected.set_value(row.contact_id);
    rejected.set_message(WithoutIndex(result.error().message(), "contacts"));
    rejects.Add(rejected);
  }
}

void PrintSummary(Session& session, const Counts& counts) {
  if (session.json()) {
    google::protobuf::Struct summary;
    auto& fields = *summary.mutable_fields();
    fields["reported"].set_number_value(static_cast<double>(counts.reported));
    fields["repeated"].set_number_value(static_cast<double>(counts.repeated));
    fields["refused"].set_number_value(static_cast<double>(counts.refused));
    fields["violations"].set_number_value(static_cast<double>(counts.violating));
    fields["uncertain"].set_number_value(static_cast<double>(counts.uncertain));
    fields["decision_mismatches"].set_number_value(static_cast<double>(counts.mismatched));
    session.PrintJson(summary);
    return;
  }
  Table table({"CONTACTS", "REPORTED"});
  table.AddRow({"new", Grouped(counts.reported)});
  table.AddRow({"reported before", Grouped(counts.repeated)});
  table.AddRow({"refused", Grouped(counts.refused)});
  table.AddRow({"with violations", Grouped(counts.violating)});
  table.AddRow({"uncertain", Grouped(counts.uncertain)});
  table.AddRow({"with a decision_id not theirs", Grouped(counts.mismatched)});
  table.Print(session.out());
}

absl::Status SendAll(Session& session, const ContactsImportOptions& options, Input& input,
                     RejectLog& rejects, Counts* counts) {
  v1::ReportContactsConfig config;
  DNC_ASSIGN_OR_RETURN(*config.mutable_organization(), session.names().Organization());
  if (options.max_check_age != absl::ZeroDuration()) {
    *config.mutable_max_check_age() = ToProtoDuration(options.max_check_age);
  }
  ContactFile file(session, options, input, rejects);
  std::vector<SentRow> sent;
  Progress progress(session.err(), ErrIsTerminal(), "contacts", input.size());
  const auto source = [&]() -> absl::StatusOr<std::vector<v1::ReportedContact>> {
    DNC_ASSIGN_OR_RETURN(std::vector<Row> rows, file.Next());
    sent.clear();
    std::vector<v1::ReportedContact> contacts;
    for (Row& row : rows) {
      sent.push_back({row.line, row.contact.contact_id()});
      contacts.push_back(std::move(row.contact));
    }
    return contacts;
  };
  return session.gateway().Report(config, source, [&](const v1::ReportContactsResponse& answer) {
    TakeAnswer(answer, sent, rejects, counts);
    progress.Update(counts->reported + counts->repeated, input.position());
    return absl::OkStatus();
  });
}

absl::StatusOr<int> Import(Session& session, const ContactsImportOptions& options) {
  DNC_ASSIGN_OR_RETURN(const std::unique_ptr<Input> input, OpenInput(options.file));
  DNC_RETURN_IF_ERROR(RefuseInputAsOutput(*input, options.rejects, "--rejects"));
  RejectLog rejects(options.rejects);
  DNC_RETURN_IF_ERROR(rejects.Open());
  Counts counts;
  const absl::Status status = SendAll(session, options, *input, rejects, &counts);
  const absl::Status logged = rejects.Commit(status);
  if (!session.json()) rejects.Print(session.err());
  DNC_RETURN_IF_ERROR(status);
  counts.refused = rejects.count();
  if (!session.json() && counts.reported + counts.repeated + counts.refused == 0) {
    session.err() << "dncctl: the file has no rows below its first line\n";
  }
  PrintSummary(session, counts);
  DNC_RETURN_IF_ERROR(logged);
  if (counts.refused == 0) return kExitOk;
  const bool others = counts.reported + counts.repeated > 0;
  return absl::InvalidArgumentError(absl::StrCat(
      Counted(counts.refused, "row of ", "rows of "), input->name(),
      counts.refused == 1 ? " is refused" : " are refused",
      others ? ", the others are reported" : "",
      "; mend what is wrong, and import the file again: what is reported already stays as it is"));
}

}  // namespace

void AddContactsImportCommand(CLI::App& contacts, Command& chosen) {
  auto options = std::make_shared<ContactsImportOptions>();
  CLI::App* command = AddCommand(
      contacts, "import", "Report the contacts of a CSV file",
      "dncctl contacts import calls.csv --channel voice\n"
      "dncctl contacts import - --rejects refused.csv < messages.csv\n\n"
      "The first line names the columns: contact_id, phone or email or other, contact_time\n"
      "(required), channel, class, lead, campaign, brand, decision_id, outcome, external_id;\n"
      "others are ignored. A contact that was reported already stays as it is, so that a file may\n"
      "be imported again. Rows that are refused keep no others back: each is a fact of its own.");
  command->add_option("FILE", options->file, "CSV; - for standard input")
      ->required()
      ->type_name("FILE");
  AddEnum(*command, "--channel", options->channel, ChannelNames(), "For rows without one");
  AddEnum(*command, "--class", options->message_class, MessageClassNames(),
          "For rows without one; marketing if not given");
  command->add_option("--default-region,--region", options->region,
                      "Region of numbers without country code, e.g. US");
  AddDuration(*command, "--max-check-age", options->max_check_age,
              "How long before a contact its check may lie, 24h if not given");
  command->add_option("--rejects", options->rejects, "Write every refused row to this file")
      ->type_name("FILE");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Import(s, *options); }; });
}

}  // namespace dnc::cli
