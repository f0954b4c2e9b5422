# Programs that measure; `make bench` runs test/bench/bench.py, these are for a closer look.
add_executable(bench_storage_commit test/bench/storage_commit.cc)
set_target_properties(bench_storage_commit PROPERTIES UNITY_BUILD OFF)
target_link_libraries(bench_storage_commit PRIVATE storage_node storage_client GTest::gtest)
add_dependencies(bench_storage_commit sixfold-storage)
