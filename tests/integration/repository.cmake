# Tests of the repository itself: what the sources may include, and what the documentation promises.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

add_test(NAME edges COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/edges.py ${PROJECT_SOURCE_DIR})
add_test(NAME edges_self_test COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/edges.py --self-test)

if(TARGET socklog)
  add_test(NAME install COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/install.py ${PROJECT_BINARY_DIR} ${CMAKE_COMMAND})
endif()
if(TARGET socklog AND CMAKE_GENERATOR STREQUAL "Ninja")
  add_test(NAME adding_a_metric
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/adding_a_metric.py ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR} ${CMAKE_COMMAND})
  set_tests_properties(adding_a_metric PROPERTIES TIMEOUT 1800)
endif()
