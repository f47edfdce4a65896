"""How the weights of spx-lite are made: network, data packs, augmentation, loss, evaluation, training."""
