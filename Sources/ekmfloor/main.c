#include "floor.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void floor_fail(const char *what) {
    perror(what);
    exit(1);
}

int main(int count, char **arguments) {
    if (count == 3 && !strcmp(arguments[1], "floor")) floor_serve(arguments[2], plain_sealer());
    if (count == 3 && !strcmp(arguments[1], "suite")) floor_serve(arguments[2], suite_sealer());
    fputs("usage: ekmfloor floor|suite SOCKET\nThe server that ekmbench measures ekmd against; ekmbench starts it.\n", stderr);
    return 64;
}
