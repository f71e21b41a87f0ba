#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/cli/audit_file.h"
#include "client/cli/audit_options.h"
#include "client/cli/commands.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/output_file.h"
#include "client/cli/progress.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct ExportOptions {
  bool all = false;
  std::string file;
  v1::ExportAuditRequest request;
};

// Writes an export as it arrives; goes on where a gateway that went away had come to.
class Exporter {
 public:
  Exporter(Session& session, v1::ExportAuditRequest request, std::ostream& out)
      : session_(session), request_(std::move(request)), out_(out) {}

  absl::Status Run() {
    while (true) {
      const int64_t before = records_;
      const absl::Status read = session_.gateway().Read(
          request_, [this](const v1::ExportAuditResponse& piece) { return Take(piece); });
      // A stream that brought nothing new is not tried again.
      if (!absl::IsUnavailable(read) || records_ == before) {
        DNC_RETURN_IF_ERROR(read);
        break;
      }
    }
    out_ << AuditEndLine();
    return absl::OkStatus();
  }

  int64_t records() const { return records_; }

 private:
  absl::Status Take(const v1::ExportAuditResponse& piece) {
    if (piece.has_header() && !begun_) {
      begun_ = true;
      out_ << AuditHeaderLine(piece.header());
      request_.set_first_revision(piece.header().first_revision());
      request_.set_last_revision(piece.header().last_revision());
    }
    for (const v1::ExportedAuditRecord& record : piece.records()) {
      DNC_ASSIGN_OR_RETURN(const std::string line, AuditRecordLine(record));
      out_ << line;
      request_.set_first_revision(record.revision() + 1);
      ++records_;
    }
    if (!out_.good()) return absl::UnknownError("the export cannot be written; is the disk full?");
    return absl::OkStatus();
  }

  Session& session_;
  v1::ExportAuditRequest request_;
  std::ostream& out_;
  bool begun_ = false;
  int64_t records_ = 0;
};

absl::StatusOr<int> Export(Session& session, const ExportOptions& options) {
  v1::ExportAuditRequest request = options.request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), AuditParent(session, options.all));
  std::unique_ptr<OutputFile> file;
  if (options.file != "-") {
    DNC_ASSIGN_OR_RETURN(file, OutputFile::Create(options.file));
  }
  Exporter exporter(session, request, file == nullptr ? session.out() : file->stream());
  DNC_RETURN_IF_ERROR(exporter.Run());
  if (file != nullptr) DNC_RETURN_IF_ERROR(file->Commit());
  session.err() << "dncctl: exported " << Grouped(exporter.records()) << " records\n";
  return kExitOk;
}

}  // namespace

void AddAuditExportCommand(CLI::App& audit, Command& chosen) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = AddCommand(
      audit, "export",
      "Export the trail as JSON, a record a line, with what it takes to verify it anywhere",
      "dncctl audit export --file trail.jsonl\n"
      "dncctl audit export --from 4712 --file next.jsonl\n"
      "dncctl audit export --file - | gzip > trail.jsonl.gz");
  AddAuditScope(*command, options->all);
  command->add_option("--file", options->file, "Where to; - for standard output")
      ->required()
      ->type_name("FILE");
  AddRevision(*command, "--from", "From this revision on",
              [options](int64_t value) { options->request.set_first_revision(value); });
  AddRevision(*command, "--to", "Up to this revision; the newest if not given",
              [options](int64_t value) { options->request.set_last_revision(value); });
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Export(s, *options); }; });
}

}  // namespace dnc::cli
