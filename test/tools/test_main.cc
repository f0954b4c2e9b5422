// The main() of every unit-test program.
#include <gtest/gtest.h>
#include <signal.h>

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);  // as every program of ours does
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
