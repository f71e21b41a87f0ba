// A power cut, as the data directory's files see it: what was written and not synced is gone. kill
// -9 alone keeps it, in the kernel's memory.
//
// Simulated is the loss of content: each file is cut to the length that it had when it was last
// synced, and one that never was to nothing. RocksDB only ever appends to its files; what changes
// in place is the marker, which a test may set back. That a file was made, renamed or deleted is
// never lost: for that the gateway syncs the folder, which is not checked.
#ifndef DNC_TESTS_FAULT_POWER_CUT_H_
#define DNC_TESTS_FAULT_POWER_CUT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dnc::testing {

class PowerCut {
 public:
  // `shim`: what tests/fault/power_cut_shim.cc becomes. `folder`: the data directory, as the
  // gateway and the kernel name it: absolute, without symbolic links. `notes`: a file for the shim,
  // outside of it.
  PowerCut(std::string shim, std::string folder, std::string notes);

  // Before the gateway starts: all that is in the folder now is taken for synced.
  void Arm();
  // What the gateway must find in its environment.
  std::vector<std::string> Environment() const;
  // Once the gateway is dead: takes away what it had not synced. Answers how many bytes that were.
  uint64_t Strike();

 private:
  void ReadNotes();

  const std::string shim_;
  const std::string folder_;
  const std::string notes_;
  std::map<std::string, uint64_t> synced_;  // length by path
};

}  // namespace dnc::testing

#endif  // DNC_TESTS_FAULT_POWER_CUT_H_
