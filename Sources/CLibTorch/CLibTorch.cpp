#include "CLibTorch.h"
