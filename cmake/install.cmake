# What `cmake --install` puts where, and the target `uninstall`, which takes it away again (DESTDIR is heeded by both).
include(GNUInstallDirs)
install(TARGETS socklog RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

file(GLOB pages_1 CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/man/*.1)
file(GLOB pages_5 CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/man/*.5)
install(FILES ${pages_1} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${pages_5} DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)

# The directories in which the shells look under any prefix of theirs.
install(FILES completions/socklog.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME socklog)
install(FILES completions/_socklog DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES completions/socklog.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# Pages whose links hold where they are installed; what only the sources have is no link there.
file(GLOB pages_md CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/*.md ${PROJECT_SOURCE_DIR}/docs/*.md)
foreach(page IN LISTS pages_md)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page})
  file(READ ${PROJECT_SOURCE_DIR}/${page} text)
  string(REGEX REPLACE "\\[([^]]*)\\]\\(\\.\\./[^)]*\\)" "\\1" text "${text}")
  string(REPLACE "](configs/)" "](examples/)" text "${text}")
  string(REPLACE "](man/)" "](../../man/)" text "${text}")
  file(WRITE ${PROJECT_BINARY_DIR}/pages/${page} "${text}")
endforeach()
install(DIRECTORY ${PROJECT_BINARY_DIR}/pages/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs FILES_MATCHING PATTERN "*.json" PATTERN "*.svg")
install(DIRECTORY configs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples FILES_MATCHING PATTERN "*.toml" PATTERN "*.properties" PATTERN "*.service")
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

add_custom_target(uninstall
  COMMAND ${CMAKE_COMMAND} -D MANIFEST=${PROJECT_BINARY_DIR}/install_manifest.txt -P ${PROJECT_SOURCE_DIR}/cmake/uninstall.cmake
  VERBATIM)
