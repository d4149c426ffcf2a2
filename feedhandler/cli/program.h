// The command line as a whole: main() is RunProgram, and tests walk what AddVerbs makes.
//
//   CLI::App program;
//   int exit_code = kExitOk;
//   AddVerbs(program, exit_code);
//   program.parse(argc, argv);       // Runs the verb that is named.
//
// Main thread, once a process.
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_PROGRAM_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_PROGRAM_H_

namespace CLI {
class App;
}  // namespace CLI

namespace fh::cli {

// Every verb with its options, and the rules that hold for all of them: an option takes one value
// each time it is given, counts are not negative.
void AddVerbs(CLI::App& program, int& exit_code);

// Parses, runs the verb, and returns the exit code of the process (verbs.h).
int RunProgram(int argc, char** argv);

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_PROGRAM_H_
