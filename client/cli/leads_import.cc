#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands.h"
#include "client/cli/error_output.h"
#include "client/cli/exit_code.h"
#include "client/cli/input.h"
#include "client/cli/lead_csv.h"
#include "client/cli/lead_upload.h"
#include "client/cli/options.h"
#include "client/cli/progress.h"
#include "client/cli/reject_log.h"
#include "client/cli/table.h"
#include "client/cli/utf8.h"
#include "google/protobuf/struct.pb.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct LeadsImportOptions {
  std::string file;
  std::string rejects;
  LeadCsv::Defaults defaults;
  bool allow_partial = false;
  bool allow_lifting_restriction = false;
  WriteOptions write;
};

// What is said of an import, in the end.
struct Outcome {
  LeadUpload::Counts counts;
  bool written = false;
  std::vector<std::string> ignored;  // titles of columns that mean nothing here
};

// Reads the whole file once, every row into `upload`.
absl::Status Pass(Session& session, const LeadsImportOptions& options, Input& input,
                  LeadUpload& upload, Outcome* outcome) {
  Progress progress(session.err(), ErrIsTerminal(), "leads", input.size());
  std::optional<LeadCsv> csv;
  const auto on_row = [&](CsvReader::Fields fields, uint64_t line) -> absl::Status {
    if (!csv) {
      DNC_ASSIGN_OR_RETURN(csv, LeadCsv::FromHeader(fields, options.defaults));
      outcome->ignored = csv->ignored();
      return absl::OkStatus();
    }
    absl::StatusOr<v1::Lead> lead = csv->Read(fields, session.names());
    if (lead.ok()) return upload.Add(*std::move(lead), line);
    upload.Refuse(line, lead.status());
    return absl::OkStatus();
  };
  CsvReader reader;
  while (true) {
    DNC_ASSIGN_OR_RETURN(const std::string piece, input.Next());
    if (piece.empty()) break;
    DNC_RETURN_IF_ERROR(reader.Feed(piece, on_row));
    progress.Update(upload.counts().rows(), input.position());
  }
  DNC_RETURN_IF_ERROR(reader.Finish(on_row));
  return upload.Finish();
}

// Judges the whole file, and writes it where no row is refused, or the others may be written.
absl::Status JudgeAndWrite(Session& session, const LeadsImportOptions& options, Input& input,
                           RejectLog& rejects, Outcome* outcome) {
  if (!options.allow_partial || options.write.dry_run) {
    LeadUpload judge(session, rejects, /*validate_only=*/true);
    judge.AllowLiftingRestriction(options.allow_lifting_restriction);
    const absl::Status judged = Pass(session, options, input, judge, outcome);
    outcome->counts = judge.counts();
    DNC_RETURN_IF_ERROR(judged);
  }
  if (options.write.dry_run || outcome->counts.refused > 0) return absl::OkStatus();
  if (!options.allow_partial) DNC_RETURN_IF_ERROR(input.Rewind());
  session.BeginWrite(options.write);
  LeadUpload upload(session, rejects, /*validate_only=*/false);
  upload.AllowLiftingRestriction(options.allow_lifting_restriction);
  outcome->written = true;
  const absl::Status written = Pass(session, options, input, upload, outcome);
  outcome->counts = upload.counts();
  return written;
}

void PrintSummary(Session& session, const Outcome& outcome) {
  const LeadUpload::Counts& counts = outcome.counts;
  const bool written = outcome.written;
  if (session.json()) {
    google::protobuf::Struct summary;
    auto& fields = *summary.mutable_fields();
    fields["written"].set_bool_value(written);
    fields["created"].set_number_value(static_cast<double>(counts.created));
    fields["updated"].set_number_value(static_cast<double>(counts.updated));
    fields["unchanged"].set_number_value(static_cast<double>(counts.unchanged));
    fields["refused"].set_number_value(static_cast<double>(counts.refused));
    fields["revision"].set_number_value(static_cast<double>(counts.revision));
    auto* ignored = fields["ignored_columns"].mutable_list_value();
    for (const std::string& title : outcome.ignored) {
      ignored->add_values()->set_string_value(Printable(title));
    }
    session.PrintJson(summary);
    return;
  }
  Table table({"LEADS", written ? "WRITTEN" : "NOT WRITTEN"});
  table.AddRow({"created", Grouped(counts.created)});
  table.AddRow({"updated", Grouped(counts.updated)});
  table.AddRow({"unchanged", Grouped(counts.unchanged)});
  table.AddRow({"refused", Grouped(counts.refused)});
  table.Print(session.out());
}

// `whole`: the file was read to its end, so that what was counted is all of it.
void PrintNotes(Session& session, const Outcome& outcome, const RejectLog& rejects, bool whole) {
  if (!outcome.ignored.empty()) {
    session.err() << "dncctl: columns that mean nothing here: "
                  << Printable(absl::StrJoin(outcome.ignored, ", ")) << '\n';
  }
  if (whole && outcome.counts.rows() == 0) {
    session.err() << "dncctl: the file has no rows below its first line\n";
  }
  rejects.Print(session.err());
}

absl::StatusOr<int> Import(Session& session, const LeadsImportOptions& options) {
  DNC_RETURN_IF_ERROR(session.names().Organization().status());
  DNC_ASSIGN_OR_RETURN(const std::unique_ptr<Input> input, OpenInput(options.file));
  if (options.file == "-" && !options.allow_partial && !options.write.dry_run) {
    return absl::InvalidArgumentError(
        "standard input can be read only once, so its rows cannot all be judged before the first "
        "is written: save it to a file, or give --allow-partial");
  }
  DNC_RETURN_IF_ERROR(RefuseInputAsOutput(*input, options.rejects, "--rejects"));
  RejectLog rejects(options.rejects);
  DNC_RETURN_IF_ERROR(rejects.Open());
  Outcome outcome;
  const absl::Status status = JudgeAndWrite(session, options, *input, rejects, &outcome);
  const absl::Status logged = rejects.Commit(status);
  if (!session.json()) PrintNotes(session, outcome, rejects, status.ok());
  const auto failed = [&](const absl::Status& why) {
    return session.json() && rejects.count() > 0 ? WithRejected(why, rejects.ToJson()) : why;
  };
  if (!status.ok()) return failed(status);
  PrintSummary(session, outcome);
  DNC_RETURN_IF_ERROR(logged);
  const int64_t refused = outcome.counts.refused;
  if (refused == 0 || options.allow_partial) return kExitOk;
  return failed(absl::InvalidArgumentError(
      absl::StrCat(Counted(refused, "row of ", "rows of "), input->name(),
                   refused == 1 ? " is refused" : " are refused",
                   outcome.written ? "" : ", so nothing was written",
                   "; mend them, or take the others with --allow-partial")));
}

}  // namespace

void AddLeadsImportCommand(CLI::App& leads, Command& chosen) {
  auto options = std::make_shared<LeadsImportOptions>();
  CLI::App* command = AddCommand(
      leads, "import", "Create or update many leads from a CSV file",
      "dncctl leads import leads.csv\n"
      "dncctl leads import contacts.csv --record-type contact --status sales/new\n"
      "dncctl leads import - --allow-partial < leads.csv\n\n"
      "The first line names the columns: id (required), name, record_type, status\n"
      "(WORKFLOW/STATUS), phone, phone2 …, email, email2 …, other …; others are ignored.\n"
      "The whole file is judged first, and nothing is written where a row is refused. Then "
      "batches\n"
      "of 500 leads are written, each whole; if the gateway fails midway, repeat the import: rows\n"
      "that were written already change nothing.");
  command->add_option("FILE", options->file, "CSV; - for standard input")
      ->required()
      ->type_name("FILE");
  command->add_flag("--allow-partial", options->allow_partial,
                    "Write the good rows although others are refused");
  command->add_flag("--allow-lifting-restriction", options->allow_lifting_restriction,
                    "Permit moves to a status that restricts contact less than the lead's own");
  command->add_option("--rejects", options->rejects, "Write every refused row to this file")
      ->type_name("FILE");
  command->add_option("--record-type", options->defaults.record_type, "For rows without one");
  command->add_option("--status", options->defaults.status, "For rows without one")
      ->type_name("WORKFLOW/STATUS");
  command->add_option("--default-region,--region", options->defaults.region,
                      "Region of numbers without country code, e.g. US");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Import(s, *options); }; });
}

}  // namespace dnc::cli
