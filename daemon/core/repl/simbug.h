/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_SIMBUG_H
#define CORE_REPL_SIMBUG_H

/*
 * Deliberate bugs, one at a time, by which the simulator shows that it bites
 * (tests/sim).  They are compiled into a copy of this core that only the simulator
 * links (-DCORDON_SIM_BUGS); everywhere else SIM_BUG is false.
 */
#ifdef CORDON_SIM_BUGS

#define SIM_BUGS(X)                                                                    \
	X(skip_floor_check)                                                            \
	X(unsigned_sequence)                                                           \
	X(unsigned_validity)                                                           \
	X(unverified_batch)                                                            \
	X(unverified_move)                                                             \
	X(drop_before_verified)                                                        \
	X(keep_old_stage)                                                              \
	X(base_zero)                                                                   \
	X(sharing_without_sequence)                                                    \
	X(repeats_as_links)                                                            \
	X(accept_lower_head)                                                           \
	X(accept_after_end)                                                            \
	X(delete_by_absence)                                                           \
	X(serve_while_moving)                                                          \
	X(ignore_shared_with)                                                          \
	X(epoch_blind_order)                                                           \
	X(blame_the_last)                                                              \
	X(blame_after_restart)                                                         \
	X(follow_any_epoch)

enum sim_bug {
	SIM_BUG_none,
#define SIM_BUG_ENUM(name) SIM_BUG_##name,
	SIM_BUGS(SIM_BUG_ENUM)
#undef SIM_BUG_ENUM
};

extern enum sim_bug sim_bug;

#define SIM_BUG(name) (sim_bug == SIM_BUG_##name)

#else
#define SIM_BUG(name) false
#endif

#endif
