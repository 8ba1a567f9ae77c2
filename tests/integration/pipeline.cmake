# Real processes, end to end. SOCKLOG_LONG=1 in the environment runs the full sizes.
if(TARGET socklog)
  foreach(subject transports kills event_time hostile errors outputs endpoints terminal generate calibrate schemas docs)
    add_test(NAME integration_${subject} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/${subject}.py)
    set_tests_properties(integration_${subject} PROPERTIES
      TIMEOUT 1800
      ENVIRONMENT "SOCKLOG=$<TARGET_FILE:socklog>;SOCKLOG_SOURCE=${PROJECT_SOURCE_DIR};SOCKLOG_SANITIZE=${SOCKLOG_SANITIZE}")
  endforeach()
endif()

# With a real Kafka broker; skipped where there can be none. They wait more than they compute, so they begin first.
if(TARGET socklog)
  foreach(script kafka kafka_faults kafka_group kafka_instances kafka_kills kafka_probe)
    add_test(NAME integration_${script} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/${script}.py)
    set_tests_properties(integration_${script} PROPERTIES
      TIMEOUT 1800 SKIP_RETURN_CODE 77 COST 1000
      ENVIRONMENT "SOCKLOG=$<TARGET_FILE:socklog>;SOCKLOG_SOURCE=${PROJECT_SOURCE_DIR};SOCKLOG_SANITIZE=${SOCKLOG_SANITIZE}")
  endforeach()
endif()

# Instructions a line: of optimised builds, see instructions.py.
if(TARGET socklog)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
  set(optimised "")
  if("${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type}}" MATCHES "-O[23]")
    set(optimised 1)
  endif()
  string(REGEX MATCH "^[0-9]+" compiler_major ${CMAKE_CXX_COMPILER_VERSION})
  string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}-${CMAKE_CXX_COMPILER_ID}-${compiler_major}" compiler)
  set(instructions_environment "SOCKLOG=$<TARGET_FILE:socklog>" "SOCKLOG_COMPILER=${compiler}" "SOCKLOG_OPTIMISED=${optimised}"
                               "SOCKLOG_SANITIZE=${SOCKLOG_SANITIZE}")
  set(instructions ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/instructions.py)
  add_test(NAME integration_instructions COMMAND ${instructions})
  set_tests_properties(integration_instructions PROPERTIES TIMEOUT 1800 SKIP_RETURN_CODE 77 ENVIRONMENT "${instructions_environment}")
  add_custom_target(renew_instructions COMMAND ${CMAKE_COMMAND} -E env ${instructions_environment} ${instructions} --renew
                    DEPENDS socklog USES_TERMINAL VERBATIM)
endif()
