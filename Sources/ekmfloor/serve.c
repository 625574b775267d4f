#define _GNU_SOURCE
#include "floor.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <errno.h>

enum { largest_frame = 2 << 20, read_size = 256 << 10, output_size = largest_frame + (256 << 10), events_size = 64 };

/* A client. The fields before its payloads are always as long as those that its hello told, so that nothing is parsed. */
struct client {
    int descriptor;
    size_t lead, have, room;
    unsigned char *input;
};

static unsigned char output[output_size];
static size_t filled;

static void put16(unsigned char *at, unsigned value) { at[0] = (unsigned char)(value >> 8), at[1] = (unsigned char)value; }
static void put32(unsigned char *at, uint32_t value) { value = htonl(value), memcpy(at, &value, 4); }
static uint32_t get32(const unsigned char *at) { uint32_t value; memcpy(&value, at, 4); return ntohl(value); }

static int flush(struct client *client) {
    for (size_t at = 0; at < filled;) {
        ssize_t sent = send(client->descriptor, output + at, filled - at, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return 0;
        at += (size_t)sent;
    }
    filled = 0;
    return 1;
}

/* Answers one frame; 0 where it is none that a benchmark sends. */
static int answer(struct client *client, const unsigned char *frame, size_t size, struct sealer *sealer) {
    unsigned operation = (unsigned)frame[4] << 8 | frame[5];
    size_t lead = request_size + client->lead;
    if (output_size - filled < answer_size + size + overhead + lent_size + key_size && !flush(client)) return 0;
    unsigned char *start = output + filled, *fields = start + answer_size;
    size_t written = 0;
    switch (operation) {
    case operation_hello:
        if (size < request_size + 4) return 0;
        client->lead = get32(frame + request_size);
        break;
    case operation_ping: break;
    case operation_encrypt:
        if (size < lead) return 0;
        written = size - lead + overhead;
        sealer->seal(fields, frame + lead, (int)(size - lead));
        break;
    case operation_decrypt:
        if (size < lead + overhead) return 0;
        written = size - lead - overhead;
        sealer->open(fields, frame + lead, (int)written);
        break;
    case operation_data_key:
        put32(fields, lent_size);
        sealer->lend(fields + 4);
        written = 4 + lent_size + key_size;
        break;
    default: return 0;
    }
    put32(start, (uint32_t)(answer_size - length_size + written));
    put16(start + 4, operation);
    put16(start + 6, 0x8000);
    memcpy(start + 8, frame + 8, 4);
    put16(start + 12, 0);
    put32(start + 14, 0xffffffff);
    filled += answer_size + written;
    return 1;
}

static int read_some(struct client *client, struct sealer *sealer) {
    ssize_t got = recv(client->descriptor, client->input + client->have, client->room - client->have, 0);
    if (got < 0 && errno == EINTR) return 1;
    if (got <= 0) return 0;
    client->have += (size_t)got;
    size_t at = 0;
    while (client->have - at >= request_size) {
        size_t size = length_size + (size_t)get32(client->input + at);
        if (size < request_size || size > largest_frame) return 0;
        if (size > client->room) {
            /* Room for a whole frame, and for what follows it. */
            client->room = size + read_size;
            client->input = realloc(client->input, client->room);
            if (!client->input) floor_fail("realloc");
        }
        if (client->have - at < size) break;
        if (!answer(client, client->input + at, size, sealer)) return 0;
        at += size;
    }
    client->have -= at;
    memmove(client->input, client->input + at, client->have);
    return flush(client);
}

static void admit(int listener, int poll) {
    struct client *client = calloc(1, sizeof *client);
    int descriptor = accept4(listener, NULL, NULL, SOCK_CLOEXEC), large = 4 << 20;
    if (descriptor < 0 || !client) floor_fail("accept");
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &large, sizeof large);
    *client = (struct client){descriptor, 0, 0, read_size, malloc(read_size)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    if (!client->input || epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) != 0) floor_fail("epoll_ctl");
}

void floor_serve(const char *path, struct sealer sealer) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) errno = ENAMETOOLONG, floor_fail(path);
    strcpy(address.sun_path, path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), poll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[events_size];
    if (listener < 0 || poll < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 512) != 0 ||
        epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event) != 0)
        floor_fail(path);
    for (;;) {
        int count = epoll_wait(poll, events, events_size, -1);
        if (count < 0 && errno != EINTR) floor_fail("epoll_wait");
        for (int i = 0; i < count; i++) {
            struct client *client = events[i].data.ptr;
            if (!client) {
                admit(listener, poll);
            } else if (!read_some(client, &sealer)) {
                filled = 0;
                close(client->descriptor);
                free(client->input);
                free(client);
            }
        }
    }
}
