#pragma once
/* A library to preload, not to call: it counts the allocations of the process it is in, as a u64 in the file that this variable names. */
#define EKM_ALLOCATIONS_VARIABLE "EKM_ALLOCATIONS"
