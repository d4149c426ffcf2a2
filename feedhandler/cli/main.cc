#include "feedhandler/cli/program.h"

int main(int argc, char** argv) { return fh::cli::RunProgram(argc, argv); }
