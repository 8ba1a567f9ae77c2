# Real processes, end to end. SOCKLOG_LONG=1 in the environment runs the full sizes.
if(TARGET socklog)
  foreach(subject transports kills event_time hostile errors generate calibrate schemas docs)
    add_test(NAME integration_${subject} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/${subject}.py)
    set_tests_properties(integration_${subject} PROPERTIES
      TIMEOUT 1800
      ENVIRONMENT "SOCKLOG=$<TARGET_FILE:socklog>;SOCKLOG_SOURCE=${PROJECT_SOURCE_DIR};SOCKLOG_SANITIZE=${SOCKLOG_SANITIZE}")
  endforeach()
endif()
