// The main() of every unit-test program.
#include <gtest/gtest.h>
#include <signal.h>

#if defined(__SANITIZE_THREAD__)
// The packaged LMDB orders its readers and its writer through plain stores that are not
// instrumented; of all it does only its calls of memcpy would be seen, and taken for races.
extern "C" const char* __tsan_default_suppressions() { return "called_from_lib:liblmdb.so\n"; }
#endif

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);  // as every program of ours does
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
