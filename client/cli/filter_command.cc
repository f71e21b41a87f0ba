#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/cli/commands.h"
#include "client/cli/csv_filter.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/output_file.h"
#include "client/cli/progress.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"
#include "google/protobuf/struct.pb.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

const EnumNames& VerdictWords() {
  static const auto& names = *new EnumNames{{"allow", static_cast<int>(Verdict::kAllow)},
                                            {"deny", static_cast<int>(Verdict::kDeny)},
                                            {"unknown", static_cast<int>(Verdict::kUnknown)}};
  return names;
}

struct FilterOptions {
  std::string in;
  std::string out = "-";
  std::string column;
  bool no_header = false;
  int only = -1;
  int channel = v1::CHANNEL_UNSPECIFIED;
  int message_class = v1::MESSAGE_CLASS_MARKETING;
  std::string brand;
  std::string campaign;
  std::string default_region;
};

CsvFilterOptions ToFilterOptions(const Session& session, const FilterOptions& options) {
  CsvFilterOptions filter;
  filter.filter.channel = static_cast<v1::Channel>(options.channel);
  filter.filter.message_class = static_cast<v1::MessageClass>(options.message_class);
  filter.filter.brand = options.brand;
  filter.filter.campaign = options.campaign;
  filter.filter.default_region = options.default_region;
  filter.filter.deadline = session.options().stream_timeout;
  filter.column = options.column;
  filter.no_header = options.no_header;
  if (options.only >= 0) filter.only = static_cast<Verdict>(options.only);
  return filter;
}

// A person who meant --output would find a file called so.
absl::Status CheckOut(const FilterOptions& options) {
  if (options.out != "json" && options.out != "table") return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--out: \"", options.out, "\" would be a file; write ./", options.out,
                   " if you mean one, or --output ", options.out, " for the form of the summary"));
}

void PrintJson(Session& session, const CsvFilterSummary& summary, const ContactColumn& column,
               std::ostream& out) {
  google::protobuf::Struct json;
  auto& fields = *json.mutable_fields();
  const auto number = [&fields](const char* name, int64_t value) {
    fields[name].set_number_value(static_cast<double>(value));
  };
  number("rows", summary.rows);
  number("allow", summary.allow);
  number("deny", summary.deny);
  number("unknown", summary.unknown);
  auto& judged = *fields["column"].mutable_struct_value()->mutable_fields();
  judged["number"].set_number_value(static_cast<double>(column.index + 1));
  judged["title"].set_string_value(Printable(column.title));
  number("first_revision", summary.first_revision);
  number("last_revision", summary.last_revision);
  if (summary.evaluate_time != absl::InfinitePast()) {
    fields["evaluate_time"].set_string_value(TimeText(ToProtoTime(summary.evaluate_time)));
  }
  if (summary.allow > 0) {
    fields["valid_for_seconds"].set_number_value(absl::ToDoubleSeconds(summary.valid_for));
  }
  session.PrintJson(json, out);
}

void PrintColumn(std::ostream& err, const ContactColumn& column) {
  err << "judged column " << column.index + 1;
  if (column.has_header) {
    err << ", \"" << Printable(column.title) << "\"\n";
  } else {
    err << "; the file has no header, its first line is data\n";
  }
}

void PrintFreshness(std::ostream& err, const CsvFilterSummary& summary) {
  if (summary.evaluate_time == absl::InfinitePast()) return;
  err << "revision " << summary.first_revision;
  if (summary.last_revision != summary.first_revision) err << " to " << summary.last_revision;
  err << ", judged at " << TimeText(ToProtoTime(summary.evaluate_time));
  if (summary.allow > 0 && summary.valid_for > absl::ZeroDuration()) {
    err << "; ALLOW may be relied on for " << DurationText(ToProtoDuration(summary.valid_for))
        << " from then, after that filter again";
  } else if (summary.allow > 0) {
    err << "; the gateway does not say how long ALLOW holds: do not rely on it";
  }
  err << '\n';
}

void PrintText(std::ostream& err, const CsvFilterSummary& summary, const std::string& rate) {
  err << Grouped(summary.rows) << (summary.rows == 1 ? " row: " : " rows: ")
      << Grouped(summary.allow) << " ALLOW, " << Grouped(summary.deny) << " DENY, "
      << Grouped(summary.unknown) << " UNKNOWN; " << rate << '\n';
  if (summary.rows == 0) err << "dncctl: nothing was filtered: the file has no rows of data\n";
  PrintFreshness(err, summary);
}

absl::StatusOr<int> Filter(Session& session, const FilterOptions& options) {
  DNC_RETURN_IF_ERROR(CheckOut(options));
  DNC_ASSIGN_OR_RETURN(CheckApi* const checks, session.checks());
  DNC_ASSIGN_OR_RETURN(const std::unique_ptr<Input> input, OpenInput(options.in));
  DNC_RETURN_IF_ERROR(RefuseInputAsOutput(*input, options.out, "--out"));
  std::unique_ptr<OutputFile> file;
  if (options.out != "-") {
    DNC_ASSIGN_OR_RETURN(file, OutputFile::Create(options.out));
  }
  // Rows that scroll by tell enough, and must not have a line in between.
  const bool scrolls = file == nullptr && OutIsTerminal();
  std::unique_ptr<Progress> progress =
      std::make_unique<Progress>(session.err(), ErrIsTerminal() && !scrolls, "rows", input->size());
  CsvFilter filter(ToFilterOptions(session, options), *input,
                   file == nullptr ? session.out() : file->stream(),
                   [&](int64_t rows, int64_t bytes) { progress->Update(rows, bytes); });
  const absl::StatusOr<CsvFilterSummary> summary = filter.Run(*checks);
  const std::string rate = progress->Rate(summary.ok() ? summary->rows : 0);
  progress.reset();
  if (filter.column() && !session.json()) PrintColumn(session.err(), *filter.column());
  DNC_RETURN_IF_ERROR(summary.status());
  if (file != nullptr) DNC_RETURN_IF_ERROR(file->Commit());
  if (session.json()) {
    PrintJson(session, *summary, filter.column().value_or(ContactColumn()),
              file == nullptr ? session.err() : session.out());
  } else {
    PrintText(session.err(), *summary, rate);
  }
  return kExitOk;
}

}  // namespace

void AddFilterCommand(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<FilterOptions>();
  CLI::App* command = AddCommand(
      app, "filter", "Filter a send list: CSV in, the same rows with verdict and reasons out",
      "dncctl filter leads.csv --channel voice -o checked.csv\n"
      "dncctl filter numbers.txt --channel sms --only allow -o may_text.csv\n"
      "dncctl filter - --channel email --column contact_mail < list.csv > checked.csv\n\n"
      "The output file appears only when the whole list was filtered. Contact only rows that say\n"
      "ALLOW, and only for as long as the summary says; filter again after that. The exit status\n"
      "says that all rows were judged, not how: it is 0 even where each of them is UNKNOWN. The\n"
      "columns verdict and reasons of an earlier run are replaced; a row wider than the header is\n"
      "refused.\n"
      "\n"
      "The judged column is found by its title: one for the channel (fax; mobile, cell or sms for\n"
      "sms), else one of its kind (phone, email, address), else number, contact and the like; "
      "where\n"
      "several fit, name one. The summary says which it was. The first line is a header where the\n"
      "column is found by its title. With a column by number, or only one, it is a header unless "
      "it\n"
      "has something like a number or address in it; for mail and messaging, where any text may "
      "be\n"
      "a contact point, give the title or --no-header.\n"
      "\n"
      "Here -o is the output file; the global option is --output. With --output json the summary "
      "is\n"
      "JSON, on standard output where --out names a file, else on standard error.");
  command->add_option("IN", options->in, "CSV; - for standard input")
      ->required()
      ->type_name("FILE");
  command->add_option("-o,--out", options->out, "Output file; standard output if not given")
      ->type_name("FILE");
  AddEnum(*command, "--channel", options->channel, ChannelNames(), "How")->required();
  AddEnum(*command, "--class", options->message_class, MessageClassNames(),
          "What for; marketing if not given");
  command
      ->add_option("--column", options->column,
                   "The contact column's title or number; found by its title if not given")
      ->type_name("TITLE|NUMBER");
  command->add_flag("--no-header", options->no_header, "The first row is data");
  AddEnum(*command, "--only", options->only, VerdictWords(), "Emit only rows with this verdict");
  command->add_option("--brand", options->brand, "Apply this brand's lists only");
  command->add_option("--campaign", options->campaign, "Apply this campaign's lists only");
  command->add_option("--default-region,--region", options->default_region,
                      "Region of numbers without country code, e.g. US");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Filter(s, *options); }; });
}

}  // namespace dnc::cli
