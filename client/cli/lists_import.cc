#include <CLI/CLI.hpp>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/cli/commands.h"
#include "client/cli/error_output.h"
#include "client/cli/exit_code.h"
#include "client/cli/input.h"
#include "client/cli/options.h"
#include "client/cli/progress.h"
#include "client/cli/reject_log.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "client/error.h"
#include "client/steady_time.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct ListsImportOptions {
  std::string list;
  std::string file;
  std::string format = "auto";
  std::string default_region;
  std::string rejects;
  std::string reason;
  bool allow_partial = false;
  bool allow_shrink = false;
  bool dry_run = false;
  int mode = v1::IMPORT_MODE_UNSPECIFIED;
  absl::Time as_of = absl::InfinitePast();
  std::vector<std::string> area_codes;
};

const std::vector<std::string>& Formats() {
  static const auto& formats =
      *new std::vector<std::string>{"auto",           "plain", "ftc-flat", "ftc-xml",  "ftc-change",
                                    "ftc-complaints", "ses",   "sendgrid", "mailchimp"};
  return formats;
}

absl::StatusOr<v1::ImportConfig> MakeConfig(const Session& session,
                                            const ListsImportOptions& options, const Input& input) {
  v1::ImportConfig config;
  DNC_ASSIGN_OR_RETURN(*config.mutable_list(), session.names().List(options.list));
  config.set_format(options.format);
  if (options.file != "-") config.set_file_name(input.name());
  config.set_default_region(options.default_region);
  config.set_allow_partial(options.allow_partial);
  config.set_mode(static_cast<v1::ImportMode>(options.mode));
  if (options.as_of != absl::InfinitePast()) {
    *config.mutable_as_of_time() = ToProtoTime(options.as_of);
  }
  for (const std::string& code : options.area_codes) config.add_area_codes(code);
  config.set_allow_shrink(options.allow_shrink);
  config.set_reason(options.reason);
  *config.mutable_actor() = session.actor();
  config.set_validate_only(options.dry_run);
  return config;
}

// "all", "212, 646", "350 (from the file)".
std::string AreaCodesText(const v1::ListVersion& version) {
  constexpr int kMostNamed = 10;
  if (version.area_codes().empty()) return "all";
  const std::string codes = version.area_codes_size() > kMostNamed
                                ? Grouped(version.area_codes_size())
                                : absl::StrJoin(version.area_codes(), ", ");
  const bool from_file = version.area_codes_source() == v1::AREA_CODE_SOURCE_FILE;
  return absl::StrCat(codes, from_file ? " (from the file)" : "");
}

void AddVersion(const v1::ListVersion& version, Table* table) {
  table->AddRow({"version", std::to_string(version.version())});
  table->AddRow({"numbers", Grouped(version.count())});
  table->AddRow({"as of", AsOfText(version)});
  table->AddRow({"area codes", AreaCodesText(version)});
}

// "13.8s, 18,115,942 rows/s"; nothing of what was done at once.
std::string TimeTaken(const v1::ImportSummary& summary, absl::Duration taken) {
  const double seconds = absl::ToDoubleSeconds(taken);
  if (seconds < 1) return "";
  const auto rate = static_cast<int64_t>(static_cast<double>(summary.rows()) / seconds);
  return absl::StrCat(absl::FormatDuration(absl::Trunc(taken, absl::Milliseconds(100))), ", ",
                      Grouped(rate), " rows/s");
}

void PrintSummary(Session& session, const v1::ImportSummary& summary, bool dry_run,
                  absl::Duration taken) {
  if (session.json()) {
    session.PrintJson(summary);
    return;
  }
  Table table({"IMPORT", ShortName(summary.list().name())});
  table.AddRow({"changed", dry_run ? "no, a dry run" : summary.changed() ? "yes" : "no"});
  table.AddRow({"format", summary.format()});
  table.AddRow({"rows", Grouped(summary.rows())});
  table.AddRow({"accepted", Grouped(summary.rows_accepted())});
  table.AddRow({"rejected", Grouped(summary.rows_rejected())});
  table.AddRow({"impossible numbers", Grouped(summary.rows_impossible())});
  if (summary.rows_without_number() > 0) {
    table.AddRow({"without a number", Grouped(summary.rows_without_number())});
  }
  table.AddRow({dry_run ? "to be added" : "added", Grouped(summary.added())});
  table.AddRow({dry_run ? "to be removed" : "removed", Grouped(summary.removed())});
  table.AddRow({"unchanged", Grouped(summary.unchanged())});
  // After a dry run the list is still what it was.
  if (!dry_run) {
    if (summary.list().has_active_version()) AddVersion(summary.list().active_version(), &table);
    table.AddRow({"revision", std::to_string(summary.revision())});
  }
  const std::string time_taken = TimeTaken(summary, taken);
  if (!time_taken.empty()) table.AddRow({"time taken", time_taken});
  table.Print(session.out());
}

// The US registry counts as current for 31 days (16 CFR 310.4(b)(3)(iv)); a list that nobody has
// told so never grows old.
void WarnOfAgelessRegistry(Session& session, const v1::ImportSummary& summary) {
  const bool national = summary.format() == "ftc-flat" || summary.format() == "ftc-xml" ||
                        summary.format() == "ftc-change";
  if (session.json() || !national || summary.list().has_max_age()) return;
  const std::string name = ShortName(summary.list().name());
  session.err()
      << "dncctl: warning: " << name
      << " has no max_age, so checks never find it too old; the US registry may be 31 "
         "days old at the most: dncctl lists update "
      << name << " --max-age 31d"
      << (summary.list().active_version().undated()
              ? "; and import a file with its date (--as-of), since one whose date nobody "
                "gave counts as too old then"
              : "")
      << '\n';
}

// Whether a refused import may have changed the list all the same: where it broke off with nobody's
// word for it, or the store cannot tell what of its last write a restart will find.
bool OutcomeUnknown(const absl::Status& status) {
  if (!absl::IsUnavailable(status) && !absl::IsDeadlineExceeded(status)) return false;
  const std::string reason = ErrorReasonOf(status);
  return reason.empty() || reason == "STORE_UNAVAILABLE";
}

absl::Status Failure(const Session& session, const absl::Status& status, const RejectLog& rejects) {
  absl::Status failure = status;
  if (OutcomeUnknown(status)) {
    failure = absl::Status(
        status.code(), absl::StrCat(status.message(),
                                    "; whether the list changed is not known: repeat the import, "
                                    "which changes nothing where it was done already"));
    status.ForEachPayload([&failure](absl::string_view url, const absl::Cord& payload) {
      failure.SetPayload(url, payload);
    });
  }
  return session.json() && rejects.count() > 0 ? WithRejected(failure, rejects.ToJson()) : failure;
}

absl::StatusOr<int> Import(Session& session, const ListsImportOptions& options) {
  DNC_ASSIGN_OR_RETURN(const std::unique_ptr<Input> input, OpenImportInput(options.file));
  DNC_ASSIGN_OR_RETURN(const v1::ImportConfig config, MakeConfig(session, options, *input));
  DNC_RETURN_IF_ERROR(RefuseInputAsOutput(*input, options.rejects, "--rejects"));
  RejectLog rejects(options.rejects);
  DNC_RETURN_IF_ERROR(rejects.Open());
  absl::StatusOr<v1::ImportSummary> summary;
  const std::shared_ptr<const SteadyTime> clock = MachineTime();
  const absl::Duration begin = clock->Now();
  {
    std::optional<Progress> reading;
    reading.emplace(session.err(), ErrIsTerminal(), "rows", input->size());
    std::optional<Progress> building;  // begins when all is read
    std::atomic<int64_t> position = 0;
    const auto source = [&]() -> absl::StatusOr<std::string> {
      position.store(input->position());
      return input->Next();
    };
    const auto listener = [&](const v1::ImportListResponse& response) {
      for (const v1::RejectedRow& row : response.rejected()) rejects.Add(row);
      if (response.stage() != v1::IMPORT_STAGE_BUILDING) {
        if (reading.has_value()) reading->Update(response.rows(), position.load());
        return;
      }
      reading.reset();  // removes its line
      if (!building.has_value()) {
        building.emplace(session.err(), ErrIsTerminal(), options.dry_run ? "judged" : "written",
                         response.most_numbers());
      }
      building->Update(response.numbers_written(), response.numbers_written());
    };
    summary = session.gateway().Import(
        config, source, [&] { input->Cancel(); }, listener);
  }
  const absl::Status written = rejects.Commit(summary.status());
  if (!session.json()) rejects.Print(session.err());
  if (!summary.ok()) return Failure(session, summary.status(), rejects);
  PrintSummary(session, *summary, options.dry_run, clock->Now() - begin);
  WarnOfAgelessRegistry(session, *summary);
  DNC_RETURN_IF_ERROR(written);
  return kExitOk;
}

}  // namespace

void AddListsImportCommand(CLI::App& lists, Command& chosen) {
  auto options = std::make_shared<ListsImportOptions>();
  CLI::App* command =
      AddCommand(lists, "import", "Import a file into a list; a broken file changes nothing",
                 "dncctl lists import national 2026-01-31_full.zip --format ftc-flat\n"
                 "dncctl lists import national changes_20260201.txt --rejects rejects.csv\n"
                 "dncctl lists import internal suppressed.csv --format ses --reason \"bounced\"\n"
                 "zcat numbers.gz | dncctl lists import national - --as-of now");
  command->add_option("NAME", options->list, "The list's id")->required();
  command->add_option("FILE", options->file, "Plain or zip; - for standard input")
      ->required()
      ->type_name("FILE");
  command->add_option("--format", options->format, "How to read it; detected if not given")
      ->check(CLI::IsMember(Formats()).description(""))
      ->type_name(CLI::detail::join(Formats(), "|"));
  AddEnum(*command, "--mode", options->mode, ImportModeNames(),
          "full: the file is the whole list; change: it adds and deletes");
  command->add_flag("--allow-partial", options->allow_partial,
                    "Take the good rows although others are refused");
  command
      ->add_option("--rejects", options->rejects, "Write every row that was not taken to this file")
      ->type_name("FILE");
  AddTime(*command, "--as-of", options->as_of,
          "The date that the file speaks of, as 2026-01-31 or now; from its name if not given");
  AddTexts(*command, "--area-codes", options->area_codes,
           "Area codes that the subscription covers, e.g. 212,646, or all; as before if not given, "
           "at first those in the file for ftc-flat and ftc-xml, else all");
  command->add_flag("--allow-shrink", options->allow_shrink,
                    "Permit that the registry loses more than a tenth of its numbers, or that a "
                    "damaged version is replaced");
  command->add_option("--default-region,--region", options->default_region,
                      "Region of numbers without country code, e.g. US");
  command->add_option("--reason", options->reason, "Reason of the entries of an internal list");
  command->add_flag("--dry-run", options->dry_run, "Read and judge the file, and change nothing");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Import(s, *options); }; });
}

}  // namespace dnc::cli
