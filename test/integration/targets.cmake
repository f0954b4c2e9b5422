# C++ stories over real processes: one program per *_test.cc, run with the unit tests.
file(GLOB integration_sources CONFIGURE_DEPENDS test/integration/*_test.cc)
foreach(source ${integration_sources})
  get_filename_component(name ${source} NAME_WE)
  add_executable(integration_${name} ${source})
  set_target_properties(integration_${name} PROPERTIES UNITY_BUILD OFF)
  target_link_libraries(integration_${name} PRIVATE storage_node storage_client test_main)
  target_precompile_headers(integration_${name} REUSE_FROM test_main)
  add_dependencies(integration_${name} sixfold-storage)
endforeach()

# An application on MySQL Connector/C++, run by the story in clients.py (which fails when it was not built).
find_library(MYSQL_CONNECTOR_CPP mysqlcppconn)
if(MYSQL_CONNECTOR_CPP)
  add_executable(connector_client test/integration/connector_client.cc)
  target_link_libraries(connector_client PRIVATE ${MYSQL_CONNECTOR_CPP})
endif()
