"""What tests ask of a Kafka broker, by librdkafka's C interface: topics, ACLs, records in and out. The library is there wherever socklog is
built; no package for Python is needed.
"""
import collections
import ctypes
import ctypes.util
import time

Record = collections.namedtuple("Record", "partition offset key value time headers")

PRODUCER, CONSUMER = 0, 1
NO_ERROR, PARTITION_EOF = 0, -191
MSG_COPY = 2
BEGINNING = -2
PATIENCE = 60  # seconds
NAME = 512

# rd_kafka_vtype_t
V_TOPIC, V_PARTITION, V_VALUE, V_KEY, V_FLAGS, V_HEADER = 1, 3, 4, 5, 7, 9
# rd_kafka_ResourceType_t, rd_kafka_ResourcePatternType_t, rd_kafka_AclOperation_t, rd_kafka_AclPermissionType_t
RESOURCES = {"topic": 2, "group": 3}
LITERAL, PREFIXED, ALLOW = 3, 4, 3
OPERATIONS = {"read": 3, "write": 4, "describe": 8}


class Message(ctypes.Structure):
    _fields_ = [("err", ctypes.c_int), ("topic", ctypes.c_void_p), ("partition", ctypes.c_int32), ("payload", ctypes.c_void_p),
                ("len", ctypes.c_size_t), ("key", ctypes.c_void_p), ("key_len", ctypes.c_size_t), ("offset", ctypes.c_int64),
                ("private", ctypes.c_void_p)]


class Bytes(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_size_t)]


class Header(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("data", ctypes.c_char_p), ("size", ctypes.c_ssize_t)]


class Value(ctypes.Union):
    _fields_ = [("text", ctypes.c_char_p), ("number", ctypes.c_int32), ("flags", ctypes.c_int), ("bytes", Bytes), ("header", Header),
                ("padding", ctypes.c_char * 64)]


class Argument(ctypes.Structure):
    """rd_kafka_vu_t"""
    _fields_ = [("kind", ctypes.c_int), ("value", Value)]


class TopicPartition(ctypes.Structure):
    _fields_ = [("topic", ctypes.c_char_p), ("partition", ctypes.c_int32), ("offset", ctypes.c_int64), ("metadata", ctypes.c_void_p),
                ("metadata_size", ctypes.c_size_t), ("opaque", ctypes.c_void_p), ("err", ctypes.c_int), ("private", ctypes.c_void_p)]


class TopicPartitions(ctypes.Structure):
    _fields_ = [("count", ctypes.c_int), ("size", ctypes.c_int), ("elements", ctypes.POINTER(TopicPartition))]


def load():
    library = ctypes.CDLL(ctypes.util.find_library("rdkafka") or "librdkafka.so.1")
    pointers = ("rd_kafka_conf_new rd_kafka_new rd_kafka_queue_new rd_kafka_NewTopic_new "
                "rd_kafka_NewPartitions_new rd_kafka_AclBinding_new rd_kafka_topic_partition_list_new rd_kafka_queue_poll "
                "rd_kafka_topic_partition_list_add rd_kafka_DeleteRecords_new rd_kafka_DeleteTopic_new "
                "rd_kafka_DeleteRecords_result_offsets rd_kafka_event_DeleteRecords_result "
                "rd_kafka_produceva rd_kafka_begin_transaction rd_kafka_init_transactions rd_kafka_commit_transaction "
                "rd_kafka_abort_transaction").split()
    for name in pointers:
        getattr(library, name).restype = ctypes.c_void_p
    library.rd_kafka_consumer_poll.restype = ctypes.POINTER(Message)
    library.rd_kafka_message_timestamp.restype = ctypes.c_int64
    for name in ("rd_kafka_err2str", "rd_kafka_event_error_string", "rd_kafka_error_string"):
        getattr(library, name).restype = ctypes.c_char_p
    return library


RD = load()
LIBC = ctypes.CDLL(None)
LIBC.strdup.restype = ctypes.c_void_p  # what the library frees itself is made by this


def pointer(value):
    return ctypes.c_void_p(value)


def check(error):
    if error:
        raise RuntimeError(RD.rd_kafka_error_string(pointer(error)).decode())


class Client:
    """A librdkafka instance."""

    def __init__(self, kind, brokers, properties):
        text = ctypes.create_string_buffer(NAME)
        conf = pointer(RD.rd_kafka_conf_new())
        for name, value in {"bootstrap.servers": brokers, **properties}.items():
            if RD.rd_kafka_conf_set(conf, name.encode(), str(value).encode(), text, NAME) != 0:
                raise ValueError(text.value.decode())
        self.handle = pointer(RD.rd_kafka_new(kind, conf, text, NAME))
        if not self.handle:
            raise RuntimeError(text.value.decode())

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        RD.rd_kafka_destroy(self.handle)


class Admin(Client):
    """Topics and ACLs."""

    def __init__(self, brokers, **properties):
        super().__init__(PRODUCER, brokers, properties)

    def _ask(self, request, items, look=lambda event: NO_ERROR):
        """Calls request(handle, items, count, options, queue) and waits for what comes of it. `look` finds the error of what was asked for."""
        queue = pointer(RD.rd_kafka_queue_new(self.handle))
        array = (ctypes.c_void_p * len(items))(*items)
        request(self.handle, array, ctypes.c_size_t(len(items)), None, queue)
        event = pointer(RD.rd_kafka_queue_poll(queue, PATIENCE * 1000))
        assert event, "the broker does not answer"
        code = RD.rd_kafka_event_error(event)
        text = RD.rd_kafka_event_error_string(event).decode()
        if code == NO_ERROR:
            code = look(event)
            text = RD.rd_kafka_err2str(code).decode()
        RD.rd_kafka_event_destroy(event)
        RD.rd_kafka_queue_destroy(queue)
        if code != NO_ERROR:
            raise RuntimeError(text)

    def create_topic(self, name, partitions=1, **config):
        """Returns once it is there."""
        text = ctypes.create_string_buffer(NAME)
        topic = RD.rd_kafka_NewTopic_new(name.encode(), partitions, 1, text, NAME)
        for key, value in config.items():
            RD.rd_kafka_NewTopic_set_config(pointer(topic), key.replace("_", ".").encode(), str(value).encode())
        self._ask(RD.rd_kafka_CreateTopics, [topic])
        self.wait_for_partitions(name, partitions)

    def add_partitions(self, name, total):
        text = ctypes.create_string_buffer(NAME)
        self._ask(RD.rd_kafka_CreatePartitions, [RD.rd_kafka_NewPartitions_new(name.encode(), ctypes.c_size_t(total), text, NAME)])
        self.wait_for_partitions(name, total)

    def wait_for_partitions(self, name, total):
        low, high = ctypes.c_int64(), ctypes.c_int64()
        deadline = time.monotonic() + PATIENCE
        while RD.rd_kafka_query_watermark_offsets(self.handle, name.encode(), total - 1, ctypes.byref(low), ctypes.byref(high), 1000) != 0:
            assert time.monotonic() < deadline, f"topic {name} has no {total} partitions"
            metadata = ctypes.c_void_p()
            if RD.rd_kafka_metadata(self.handle, 1, None, ctypes.byref(metadata), 1000) == NO_ERROR:
                RD.rd_kafka_metadata_destroy(metadata)

    def delete_records(self, topic, partition, before):
        """REQUIRES: a topic from which something may be deleted; of one that is only compacted nothing is."""

        def error_of(event):
            offsets = RD.rd_kafka_DeleteRecords_result_offsets(pointer(RD.rd_kafka_event_DeleteRecords_result(event)))
            return ctypes.cast(offsets, ctypes.POINTER(TopicPartitions)).contents.elements[0].err

        partitions = RD.rd_kafka_topic_partition_list_new(1)
        element = RD.rd_kafka_topic_partition_list_add(pointer(partitions), topic.encode(), partition)
        ctypes.cast(element, ctypes.POINTER(TopicPartition)).contents.offset = before
        self._ask(RD.rd_kafka_DeleteRecords, [RD.rd_kafka_DeleteRecords_new(pointer(partitions))], error_of)

    def delete_topic(self, name):
        self._ask(RD.rd_kafka_DeleteTopics, [RD.rd_kafka_DeleteTopic_new(name.encode())])

    def allow(self, user, operation, resource, name, prefixed=False):
        text = ctypes.create_string_buffer(NAME)
        binding = RD.rd_kafka_AclBinding_new(RESOURCES[resource], name.encode(), PREFIXED if prefixed else LITERAL,
                                             f"User:{user}".encode(), b"*", OPERATIONS[operation], ALLOW, text, NAME)
        assert binding, text.value
        self._ask(RD.rd_kafka_CreateAcls, [binding])


class Producer(Client):
    """Writes records, in order."""

    def __init__(self, brokers, **properties):
        super().__init__(PRODUCER, brokers, {"enable.idempotence": "true", "linger.ms": 20, "message.max.bytes": 8 << 20, **properties})
        self._transactional = "transactional.id" in properties
        if self._transactional:
            check(RD.rd_kafka_init_transactions(self.handle, PATIENCE * 1000))

    def write(self, topic, partition, value, key=None):
        """`value`: bytes, or None for a tombstone."""
        arguments = [Argument(V_TOPIC, Value(text=topic.encode())), Argument(V_PARTITION, Value(number=partition)),
                     Argument(V_FLAGS, Value(flags=MSG_COPY))]
        for kind, data in ((V_VALUE, value), (V_KEY, key)):
            if data is not None:
                arguments.append(Argument(kind, Value(bytes=Bytes(ctypes.cast(data, ctypes.c_void_p), len(data)))))
        check(RD.rd_kafka_produceva(self.handle, (Argument * len(arguments))(*arguments), ctypes.c_size_t(len(arguments))))

    def write_all(self, topic, partition, values):
        for value in values:
            self.write(topic, partition, value)
        self.flush()

    def flush(self):
        error = RD.rd_kafka_flush(self.handle, PATIENCE * 1000)
        assert error == NO_ERROR, RD.rd_kafka_err2str(error).decode()

    def begin(self):
        check(RD.rd_kafka_begin_transaction(self.handle))

    def commit(self):
        check(RD.rd_kafka_commit_transaction(self.handle, PATIENCE * 1000))

    def abort(self):
        check(RD.rd_kafka_abort_transaction(self.handle, PATIENCE * 1000))


def assignment_of(topic, partitions, offset=BEGINNING):
    """A list of partitions, to be destroyed."""
    assignment = pointer(RD.rd_kafka_topic_partition_list_new(partitions))
    for number in range(partitions):
        element = RD.rd_kafka_topic_partition_list_add(assignment, topic.encode(), number)
        ctypes.cast(element, ctypes.POINTER(TopicPartition)).contents.offset = offset
    return assignment


def committed(brokers, group, topic, partitions):
    """(offset, what stands beside it) by partition, as the group stored them."""
    with Client(CONSUMER, brokers, {"group.id": group}) as client:
        wanted = assignment_of(topic, partitions)
        error = RD.rd_kafka_committed(client.handle, wanted, PATIENCE * 1000)
        assert error == NO_ERROR, RD.rd_kafka_err2str(error).decode()
        elements = ctypes.cast(wanted, ctypes.POINTER(TopicPartitions)).contents.elements
        found = [(elements[i].offset, ctypes.string_at(elements[i].metadata, elements[i].metadata_size) if elements[i].metadata else b"")
                 for i in range(partitions)]
        RD.rd_kafka_topic_partition_list_destroy(wanted)
        return found


def commit(brokers, group, topic, offset, note=b""):
    """Of partition 0. The group must have no member."""
    with Client(CONSUMER, brokers, {"group.id": group}) as client:
        offsets = assignment_of(topic, 1, offset)
        if note:
            element = ctypes.cast(offsets, ctypes.POINTER(TopicPartitions)).contents.elements[0]
            element.metadata, element.metadata_size = LIBC.strdup(note), len(note)
        error = RD.rd_kafka_commit(client.handle, offsets, 0)
        RD.rd_kafka_topic_partition_list_destroy(offsets)
        assert error == NO_ERROR, RD.rd_kafka_err2str(error).decode()


class Watermarks(Client):
    """The ends of partitions, as readers of one isolation level see them."""

    def __init__(self, brokers, isolation):
        super().__init__(CONSUMER, brokers, {"group.id": "test-watermarks", "isolation.level": isolation})

    def end(self, topic, partition=0):
        low, high = ctypes.c_int64(), ctypes.c_int64()
        error = RD.rd_kafka_query_watermark_offsets(self.handle, topic.encode(), partition, ctypes.byref(low), ctypes.byref(high),
                                                    PATIENCE * 1000)
        assert error == NO_ERROR, RD.rd_kafka_err2str(error).decode()
        return high.value


class Member(Client):
    """Of a group, as another program would be, or another instance."""

    def __init__(self, brokers, group, topic, instance):
        super().__init__(CONSUMER, brokers, {"group.id": group, "group.instance.id": instance, "session.timeout.ms": 6000})
        RD.rd_kafka_poll_set_consumer(self.handle)
        wanted = assignment_of(topic, 1)
        error = RD.rd_kafka_subscribe(self.handle, wanted)
        RD.rd_kafka_topic_partition_list_destroy(wanted)
        assert error == NO_ERROR, RD.rd_kafka_err2str(error).decode()

    def has_work(self):
        """Whether it was given a partition. It stays a member without being asked."""
        message = RD.rd_kafka_consumer_poll(self.handle, 100)
        if message:
            RD.rd_kafka_message_destroy(message)
        given = ctypes.c_void_p()
        assert RD.rd_kafka_assignment(self.handle, ctypes.byref(given)) == NO_ERROR
        count = ctypes.cast(given, ctypes.POINTER(TopicPartitions)).contents.count
        RD.rd_kafka_topic_partition_list_destroy(given)
        return count > 0


class OpenTransactions:
    """Whether topics have records behind which a transaction is open."""

    def __init__(self, brokers):
        self.committed, self.all_there = (Watermarks(brokers, isolation) for isolation in ("read_committed", "read_uncommitted"))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.committed.__exit__()
        self.all_there.__exit__()

    def in_any(self, *topics):
        return any(self.committed.end(topic) < self.all_there.end(topic) for topic in topics)


def headers_of(message):
    headers, pairs = ctypes.c_void_p(), {}
    if RD.rd_kafka_message_headers(message, ctypes.byref(headers)) != NO_ERROR:
        return pairs
    name, data, size = ctypes.c_char_p(), ctypes.c_void_p(), ctypes.c_size_t()
    index = 0
    while RD.rd_kafka_header_get_all(headers, ctypes.c_size_t(index), ctypes.byref(name), ctypes.byref(data), ctypes.byref(size)) == NO_ERROR:
        pairs[name.value.decode()] = ctypes.string_at(data, size.value).decode()
        index += 1
    return pairs


def record_of(message):
    content = message.contents
    key = ctypes.string_at(content.key, content.key_len) if content.key else None
    value = ctypes.string_at(content.payload, content.len) if content.payload else None
    kind = ctypes.c_int()
    return Record(content.partition, content.offset, key, value, RD.rd_kafka_message_timestamp(message, ctypes.byref(kind)),
                  headers_of(message))


def read_all(brokers, topic, partitions=1, **properties):
    """All committed records of a topic up to its present end, by partition."""
    settings = {"group.id": "test-reader", "enable.partition.eof": "true", "enable.auto.commit": "false", **properties}
    records = [[] for _ in range(partitions)]
    with Client(CONSUMER, brokers, settings) as client:
        assignment = assignment_of(topic, partitions)
        RD.rd_kafka_poll_set_consumer(client.handle)
        assert RD.rd_kafka_assign(client.handle, assignment) == NO_ERROR
        RD.rd_kafka_topic_partition_list_destroy(assignment)
        left = set(range(partitions))
        deadline = time.monotonic() + PATIENCE
        while left:
            assert time.monotonic() < deadline, f"{topic} cannot be read to its end"
            message = RD.rd_kafka_consumer_poll(client.handle, 200)
            if not message:
                continue
            error = message.contents.err
            if error == PARTITION_EOF:
                left.discard(message.contents.partition)
            elif error == NO_ERROR:
                records[message.contents.partition].append(record_of(message))
            RD.rd_kafka_message_destroy(message)
        RD.rd_kafka_consumer_close(client.handle)
    return records
