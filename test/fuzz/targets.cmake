# Fuzzers, one program a *_fuzz.cc, and the program that writes their first inputs. Built by clang
# (-DSIXFOLD_FUZZ=ON), run by run_fuzzers.py.
file(GLOB fuzz_sources CONFIGURE_DEPENDS test/fuzz/*_fuzz.cc)
foreach(source ${fuzz_sources})
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  target_link_libraries(${name} PRIVATE storage_node core_topology core_protocol core_sql)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  list(APPEND fuzzers ${name})
endforeach()
add_executable(fuzz_first_inputs test/fuzz/first_inputs.cc)
target_link_libraries(fuzz_first_inputs PRIVATE storage_copy core_topology core_protocol core_sql)
add_custom_target(fuzzers DEPENDS ${fuzzers} fuzz_first_inputs)
